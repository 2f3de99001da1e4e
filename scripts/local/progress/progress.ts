import type { ActionStatus, StageStatus } from "../pipeline/model";

/** Shows progress. One step or stage at a time. */
export interface Progress {
    /** A step before or after the pipeline. */
    step<T>(title: string, work: (log: (line: string) => void) => Promise<T>): Promise<T>;
    /** A line that stays. */
    say(line: string): void;
    stageStarted(stage: string): void;
    stageEnded(stage: string, status: StageStatus, message?: string): Promise<void>;
    actionStarted(stage: string, action: string): void;
    actionEnded(stage: string, action: string, status: ActionStatus, message?: string): void;
    /** A line of an action's log. */
    log(stage: string, action: string, line: string): void;
}

export function duration(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(1)} s`;
}
