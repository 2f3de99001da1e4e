import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { ActionRunner } from "../../pipeline/execution";
import type { Action, ActionStatus, Provider } from "../../pipeline/model";
import { globalArn, type Location } from "../identity";

/** The state of an action, as far as CodePipeline reports it. */
export interface ActionExecution {
    id: string;
    executionId: string;
    stage: string;
    action: Action;
    status: ActionStatus;
    startedAt: Date;
    updatedAt: Date;
    /** ARN of the approver; for an approval only. */
    updatedBy?: string;
    /** The comment on the result. */
    summary?: string;
}

const approvals: Provider = "Manual";

/** The actions that this process runs: resuming a waiting execution runs its approval and what follows. */
export class ActionExecutions {
    private readonly all: ActionExecution[] = [];

    constructor(private readonly location: Location) {}

    /** For one execution, or for all; the newest first. */
    of(executionId?: string): ActionExecution[] {
        return this.all
            .filter((execution) => executionId === undefined || execution.executionId === executionId)
            .toReversed();
    }

    /** Runs actions of an execution and records them. The approver is the user who runs this. */
    watch(executionId: string, run: ActionRunner): ActionRunner {
        return async (context) => {
            const { stage, action } = context;
            const now = new Date();
            const execution: ActionExecution = {
                ...{ id: randomUUID(), executionId, stage, action, status: "InProgress" },
                ...{ startedAt: now, updatedAt: now },
            };
            this.all.push(execution);
            let status: ActionStatus = "Failed";
            try {
                const result = await run(context);
                ({ status, message: execution.summary } = result);
                if (action.provider === approvals && status !== "InProgress") execution.updatedBy = this.person();
                return result;
            } finally {
                Object.assign(execution, { status, updatedAt: new Date() });
            }
        };
    }

    private person(): string {
        return globalArn(this.location, "iam", `user/${userInfo().username}`);
    }
}
