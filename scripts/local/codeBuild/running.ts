import { programErrors } from "../errors";
import type { Project } from "./project";

/** The running builds, by project. */
export class RunningBuilds {
    private readonly counts = new Map<string, number>();

    /**
     * Runs a build within its project's limit. CodeBuild refuses a build beyond it instead of queueing it
     * (https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html).
     */
    async run<T>({ name, concurrentBuildLimit }: Project, build: () => Promise<T>): Promise<T> {
        const running = this.counts.get(name) ?? 0;
        if (concurrentBuildLimit !== undefined && running >= concurrentBuildLimit) {
            throw new programErrors.TooManyBuilds({ project: name, running, limit: concurrentBuildLimit });
        }
        this.counts.set(name, running + 1);
        try {
            return await build();
        } finally {
            this.counts.set(name, this.counts.get(name)! - 1);
        }
    }
}
