import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Engine } from "../../engines/engine";
import { entriesBelow, readable } from "../../files";
import type { Settings } from "../../settings";
import type { CodeUse, HashedFile } from "../code";
import type { Sources } from "../sources";
import type { MigrationSession, Project } from "../tool";
import { codeOf, type Commands, commandsFile, readCommands } from "./commands";
import { commandErrors } from "./errors";
import { CommandSession } from "./session";

/** A project with commands of its own. */
export class CommandProject implements Project {
    private readonly inventory: HashedFile[];

    constructor(
        readonly directory: string,
        readonly commands: Commands,
    ) {
        // Before the first command runs, which may install or write anything.
        this.inventory = filesBelow(directory);
    }

    refuseEndless(): void {}

    /** Only its tool can read it. */
    sources(): Sources {
        return { changesets: [], unread: [], refused: [] };
    }

    files(): HashedFile[] {
        return this.inventory;
    }

    code(): CodeUse[] {
        return codeOf(this);
    }

    open(settings: Settings, engine: Engine): MigrationSession {
        if (!engine.capabilities.scripts) throw new commandErrors.EngineWithoutCommands({ engine: engine.label });
        return new CommandSession(settings, engine, this);
    }
}

/** Everything that is in the directory: any of these files may decide what a command does. Packages have one line each. */
function filesBelow(directory: string): HashedFile[] {
    const packages = new Map<string, string[]>();
    const files: HashedFile[] = [];
    for (const entry of entriesBelow(directory)) {
        if (!entry.isFile() && !entry.isSymbolicLink()) continue;
        const file = path.join(entry.parentPath, entry.name);
        const name = path.relative(directory, file);
        const sha256 = digestOf(contentOf(file));
        const [, folder] = packageFolder.exec(name) ?? [];
        if (folder === undefined) files.push({ path: name, sha256 });
        else packages.set(folder, [...(packages.get(folder) ?? []), JSON.stringify([name, sha256])]);
    }
    const folders = [...packages].map(([folder, lines]) => ({
        path: `${folder}/`,
        sha256: digestOf(lines.sort().join("\n")),
    }));
    return [...files, ...folders].sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A folder of installed packages has thousands of files. Most often a build installs it, and then it is not there yet. */
const packageFolder = /^((?:.*?[/\\])?(?:node_modules|\.venv|__pycache__))[/\\]/;

function digestOf(content: Buffer | string): string {
    return crypto.createHash("sha256").update(content).digest("hex");
}

/** Of a link, what a command reads there; of one that leads to no file, where it leads. */
function contentOf(file: string): Buffer | string {
    return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file) : fs.readlinkSync(file);
}

export function readProject(directory: string): CommandProject {
    const file = path.join(directory, commandsFile);
    if (!fs.existsSync(file)) throw new commandErrors.CommandsMissing({ file });
    const { commands, problems } = readCommands(readable(file, () => fs.readFileSync(file, "utf8")));
    if (commands === undefined) throw new commandErrors.CommandsRefused({ file, problems });
    return new CommandProject(directory, commands);
}
