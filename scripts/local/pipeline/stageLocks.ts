import { InternalError } from "../../../components/errorDefinition";

/**
 * The locks of a pipeline's stages, as in CodePipeline's mode QUEUED: a stage holds one execution at a time, others
 * wait for it in order of arrival without overtaking
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html).
 */
export class StageLocks {
    private readonly stages = new Map<string, Stage>();

    /** Which execution is in a stage. */
    holder(stage: string): string | undefined {
        return this.stages.get(stage)?.holder;
    }

    /**
     * Queues for a stage immediately, and resolves once the execution has entered. An execution that is already in
     * stays. Rejects, and leaves the queue, when the signal is aborted.
     */
    enter(name: string, execution: string, signal: AbortSignal): Promise<void> {
        const stage = this.stageOf(name);
        if (stage.holder === execution) return Promise.resolve();
        if (signal.aborted) return Promise.reject(reasonOf(signal));
        if (stage.holder === undefined) {
            stage.holder = execution;
            return Promise.resolve();
        }
        return new Promise((resolve, reject) => {
            const giveUp = () => {
                stage.waiting.splice(stage.waiting.indexOf(place), 1);
                reject(reasonOf(signal));
            };
            const place: Place = {
                execution,
                enter: () => {
                    signal.removeEventListener("abort", giveUp);
                    resolve();
                },
            };
            stage.waiting.push(place);
            signal.addEventListener("abort", giveUp, { once: true });
        });
    }

    /** Unlocks a stage; the first execution in the queue enters. */
    leave(name: string, execution: string): void {
        const stage = this.stageOf(name);
        if (stage.holder !== execution) return;
        const next = stage.waiting.shift();
        stage.holder = next?.execution;
        next?.enter();
    }

    private stageOf(name: string): Stage {
        const known = this.stages.get(name);
        if (known) return known;
        const stage: Stage = { waiting: [] };
        this.stages.set(name, stage);
        return stage;
    }
}

interface Stage {
    holder?: string;
    waiting: Place[];
}

interface Place {
    execution: string;
    enter: () => void;
}

function reasonOf(signal: AbortSignal): Error {
    return signal.reason instanceof Error ? signal.reason : new InternalError(String(signal.reason));
}
