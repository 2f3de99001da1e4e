const intervalMillis = 1000;

/** Looks again and again, while work runs, which sessions hold the locks that it waits for. */
export class BlockerWatch {
    private found: string[] = [];
    private looking = false;
    private readonly timer: NodeJS.Timeout | undefined;

    constructor(private readonly read: (() => Promise<string[]>) | undefined) {
        this.timer = read && setInterval(() => void this.look(), intervalMillis);
    }

    /** Those that were seen last. */
    stop(): string[] {
        clearInterval(this.timer);
        return this.found;
    }

    private async look(): Promise<void> {
        if (this.looking || this.read === undefined) return;
        this.looking = true;
        try {
            const now = await this.read();
            if (now.length > 0) this.found = now;
        } catch {
            // It only explains a failure.
        } finally {
            this.looking = false;
        }
    }
}
