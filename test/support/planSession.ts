import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { inspect } from "node:util";
import { postgresql } from "../../scripts/delivery/engines/postgresql";
import { CodedError } from "../../scripts/delivery/errors";
import type { Settings } from "../../scripts/delivery/settings";
import { Liquibase } from "../../scripts/delivery/tools/liquibase/liquibase";
import type { Preview } from "../../scripts/delivery/tools/tool";
import { readProject } from "../../scripts/delivery/tools/liquibase/project";
import type { PlanBudget } from "../../scripts/delivery/tools/liquibase/sessionOptions";
import type { Changelog } from "../../scripts/delivery/tools/liquibase/properties";
import type { Delivery, Project } from "./delivery";

interface PlanOptions {
    budget?: PlanBudget;
    silenceSeconds?: number;
    allowCode?: boolean;
}

/** One session with Liquibase that plans several changelogs of a project, where a build each would start Java each. */
export class PlanSession {
    private readonly scratch = fs.mkdtempSync(path.join(os.tmpdir(), "plan-session-"));
    private readonly changelog: Changelog;
    private readonly liquibase: Liquibase;

    constructor(
        { toolchain }: Delivery,
        project: Project,
        { budget, silenceSeconds, allowCode = false }: PlanOptions = {},
    ) {
        this.changelog = { ...readProject(path.join(project.source, "migrations")).changelog };
        const { releaseId, source } = project;
        const database = { ...project.connection(), ...(silenceSeconds !== undefined && { silenceSeconds }) };
        const settings = { action: "plan", toolchain, database, releaseId, source, allowCode } as Settings;
        this.liquibase = new Liquibase(settings, this.changelog, this.scratch, postgresql, budget);
    }

    async preview(changelogFile: string): Promise<Preview> {
        this.changelog.changelogFile = changelogFile;
        return this.liquibase.previewUpdate();
    }

    /** The error that a changelog's plan ends with. */
    async refusal(changelogFile: string): Promise<CodedError> {
        const error = await this.preview(changelogFile).catch((error: unknown) => error);
        assert.ok(error instanceof CodedError, inspect(error));
        return error;
    }

    async close(): Promise<void> {
        await this.liquibase.close();
        fs.rmSync(this.scratch, { recursive: true });
    }
}
