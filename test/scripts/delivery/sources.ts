import * as fs from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../../../scripts/delivery");

/** A source file of the delivery program. */
export interface Source {
    /** Its path below the program's folder. */
    file: string;
    /** With its comments. */
    text: string;
    /** Modules that it imports: packages by name, its own by their path below the program's folder. */
    imports: string[];
}

export function readSources(): Source[] {
    return fs
        .readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((name) => {
            const file = name.replaceAll("\\", "/");
            const text = fs.readFileSync(path.join(root, file), "utf8");
            const imports = [...text.matchAll(/(?:from |import |import\(|require\()"([^"]+)"/g)].map(
                ([, module = ""]) =>
                    module.startsWith(".") ? path.posix.join(path.posix.dirname(file), module) : module,
            );
            return { file, text, imports };
        });
}

/** Whether a file, or an imported module, is in a folder. */
export const within = (room: string) => (file: string) => file === room || file.startsWith(`${room}/`);

/** Every line that contains one of the words. */
export function wordsIn(sources: Source[], words: RegExp[]): string[] {
    return sources.flatMap(({ file, text }) =>
        text
            .split("\n")
            .filter((line) => words.some((word) => word.test(line)))
            .map((line) => `${file}: ${line.trim()}`),
    );
}
