import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { startErrors } from "./errors";

interface StateFile {
    /** By server name. */
    servers: Record<string, ServerState>;
    /** By environment and resource: the value that a provider would have kept in Pulumi's state. */
    values: Record<string, Record<string, StoredValue>>;
}

export interface ServerState {
    /** The port that was free at the first start. */
    port?: number;
    /** The same for the authenticator in front of it, if builds log in by IAM. */
    iamPort?: number;
    /** Whether the user asked to leave the server running. */
    kept?: boolean;
}

/** A generated value and the inputs that it was generated from: other inputs require a new value. */
export interface StoredValue {
    inputs: string;
    value: string;
}

/** What a later run needs again: generated passwords, ports. Secret; readable by its owner only. */
export class State {
    private constructor(
        private readonly path: string,
        private readonly content: StateFile,
    ) {}

    static open(path: string): State {
        let text: string;
        try {
            text = readFileSync(path, "utf8");
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
            return new State(path, { servers: {}, values: {} });
        }
        try {
            return new State(path, JSON.parse(text) as StateFile);
        } catch {
            throw new startErrors.StateUnreadable({ file: path });
        }
    }

    server(name: string): ServerState {
        return { ...this.content.servers[name] };
    }

    updateServer(name: string, change: ServerState): void {
        this.content.servers[name] = { ...this.content.servers[name], ...change };
        this.save();
    }

    /** The value generated for a resource earlier, or a new one. */
    value(environment: string, resource: string, inputs: string, generate: () => string): string {
        const values = (this.content.values[environment] ??= {});
        const stored = values[resource];
        if (stored?.inputs === inputs) return stored.value;
        const value = generate();
        values[resource] = { inputs, value };
        this.save();
        return value;
    }

    private save(): void {
        // Written under another name and renamed: a run that is killed here leaves the old file intact.
        const temporary = `${this.path}.${process.pid}`;
        writeFileSync(temporary, JSON.stringify(this.content, undefined, 2), { mode: 0o600 });
        renameSync(temporary, this.path);
    }
}
