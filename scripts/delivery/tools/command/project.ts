import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Engine } from "../../engines/engine";
import { entriesBelow, readable } from "../../files";
import type { Settings } from "../../settings";
import type { HashedFile } from "../code";
import type { Sources } from "../sources";
import type { MigrationSession, Project } from "../tool";
import { type Commands, commandsFile, readCommands } from "./commands";
import { commandErrors } from "./errors";
import { CommandSession } from "./session";

/** A project with commands of its own. */
export class CommandProject implements Project {
    constructor(
        readonly directory: string,
        readonly commands: Commands,
    ) {}

    refuseEndless(): void {}

    /** Only its tool can read it. */
    sources(): Sources {
        return { changesets: [], unread: [], refused: [] };
    }

    /** All of it, whoever wrote it: any of these files may decide what a command does. */
    files(): HashedFile[] {
        const { directory } = this;
        return entriesBelow(directory)
            .filter((entry) => entry.isFile() || entry.isSymbolicLink())
            .map(({ parentPath, name }) => path.join(parentPath, name))
            .filter((file) => !installed.test(path.relative(directory, file)))
            .sort()
            .map((file) => ({
                path: path.relative(directory, file),
                sha256: crypto.createHash("sha256").update(contentOf(file)).digest("hex"),
            }));
    }

    open(settings: Settings, engine: Engine): MigrationSession {
        if (!engine.capabilities.scripts) throw new commandErrors.EngineWithoutCommands({ engine: engine.label });
        return new CommandSession(settings, engine, this);
    }
}

/** What a build installs: pinned by a lock file, which is among the files. */
const installed = /(^|[/\\])(node_modules|\.venv|__pycache__)([/\\]|$)/;

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
