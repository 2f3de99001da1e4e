import * as fs from "node:fs";
import * as path from "node:path";

/** Directories with intermediate results, one per content key; the newest of each kind is kept. */
export class Cache {
    constructor(private readonly directory: string) {}

    /** The directory for this key; fills it if it does not exist yet. */
    directoryFor(kind: string, key: string, fill: (directory: string) => void): string {
        const result = path.join(this.directory, `${kind}-${key.slice(0, 16)}`);
        if (!fs.existsSync(result)) {
            const aside = `${result}.${process.pid}`;
            fs.rmSync(aside, { recursive: true, force: true });
            fs.mkdirSync(aside, { recursive: true });
            try {
                fill(aside);
                fs.renameSync(aside, result);
            } catch (error) {
                fs.rmSync(aside, { recursive: true, force: true });
                throw error;
            }
            this.removeOthers(kind, result);
        }
        return result;
    }

    private removeOthers(kind: string, result: string): void {
        for (const name of fs.readdirSync(this.directory)) {
            const other = path.join(this.directory, name);
            if (name.startsWith(`${kind}-`) && other !== result) {
                fs.rmSync(other, { recursive: true, force: true });
            }
        }
    }
}
