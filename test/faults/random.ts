/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
    constructor(readonly seed: number) {
        this.state = seed;
    }

    private state: number;

    /** The seed in FAULT_SEED, or another one each time. */
    static fromEnvironment(): Random {
        const { FAULT_SEED: given } = process.env;
        return new Random(given ? Number(given) : Math.floor(Math.random() * 2 ** 31));
    }

    /** From 0 up to, but not including, 1. */
    next(): number {
        this.state = (this.state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    }

    between(least: number, greatest: number): number {
        return least + this.next() * (greatest - least);
    }

    pick<T>(values: readonly T[]): T {
        return values[Math.floor(this.next() * values.length)] as T;
    }
}
