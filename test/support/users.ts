import type { Client } from "pg";
import type { BuildResult, Delivery, Project } from "./delivery";

/** The users of a project's database, as the bootstrap makes them. */
export class Users {
    readonly owner: string;
    readonly migrator: Account;
    readonly planner: Account;

    constructor(
        private readonly delivery: Delivery,
        private readonly project: Project,
    ) {
        this.owner = `${project.database}_owner`;
        this.migrator = { name: `${project.database}_migrator`, password: `migrates ${project.database} "&<%` };
        this.planner = { name: `${project.database}_planner`, password: `plans ${project.database} 'ü$` };
    }

    /** Runs the bootstrap as the administrator. */
    bootstrap(environment: Record<string, string | undefined> = {}): Promise<BuildResult> {
        return this.project.build("bootstrap", { environment: { ...this.variables(), ...environment } });
    }

    variables(): Record<string, string> {
        return {
            BOOTSTRAP_OWNER: this.owner,
            BOOTSTRAP_MIGRATOR: this.migrator.name,
            BOOTSTRAP_MIGRATOR_PASSWORD: this.migrator.password,
            BOOTSTRAP_PLANNER: this.planner.name,
            BOOTSTRAP_PLANNER_PASSWORD: this.planner.password,
            // What a bootstrap has nothing of.
            PIPELINE_EXECUTION_ID: "",
            SOURCE_REVISION: "",
            MIGRATIONS_DIRECTORY: "",
        };
    }

    /** A connection as one of them; the caller ends it. */
    connect({ name, password }: Account): Promise<Client> {
        return this.delivery.server.connect(this.project.database, name, password);
    }
}

export interface Account {
    name: string;
    password: string;
}

/** The variables of a build that connects as this user. */
export function as({ name, password }: Account): Record<string, string> {
    return { DB_USERNAME: name, DB_PASSWORD: password };
}
