import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
    accessSync,
    constants,
    copyFileSync,
    cpSync,
    existsSync,
    mkdirSync,
    readFileSync,
    realpathSync,
    renameSync,
    rmSync,
    statSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { someOf } from "../../delivery/changesets";
import { CodedError } from "../../delivery/errors";
import { refuseSpecialFiles } from "../../delivery/input/sourceFiles";
import { candidatesFor } from "../../delivery/tools/recognize";
import { migrationTools, toolNamed } from "../../delivery/tools/registry";
import type { MigrationTool } from "../../delivery/tools/tool";
import { isPinned, jarLockName, verifyJars } from "../../toolchain/jarLock";
import { jarsBelow } from "../../toolchain/jars";
import { copyArguments, copyingKey } from "../../toolchain/maven";
import { sourceErrors, UserError } from "../errors";
import { isEditorFile } from "./editorFiles";
import { filesIn, hashOf } from "./files";

/** A changelog that takes the place of the repository's own. */
export interface Migrations {
    directory: string;
    /** The migration tool that it is for, and the files that say so. */
    tool: MigrationTool;
    files: string[];
    /** Tells this directory from any other, also at the next run. */
    key: string;
    /** What its content is: there is no commit to name. */
    revision: string;
    /** Hash of its `pom.xml`, when there is one, and of how its jars are copied. */
    pom?: string;
}

/** Looks at a directory before anything starts; without a tool, finds the one that it is for. */
export function openMigrations(path: string, named?: string): Migrations {
    const directory = resolve(path);
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
        throw new sourceErrors.MigrationsMissing({ directory: path });
    }
    try {
        accessSync(directory, constants.R_OK | constants.X_OK);
        const { tool, files } = toolFor(directory, path, named);
        // Before any of them is hashed or copied: a FIFO would never end.
        refuseSpecialFiles(directory, tool.terms);
        files.forEach((file) => accessSync(join(directory, file), constants.R_OK));
        const pom = join(directory, "pom.xml");
        return {
            directory,
            tool,
            files,
            key: sha256(realpathSync(directory)).slice(0, 12),
            revision: hashOf(
                directory,
                filesIn(directory).filter((file) => !isEditorFile(basename(file))),
            ).slice(0, 40),
            pom: existsSync(pom) ? sha256(readFileSync(pom, "utf8") + copyingKey) : undefined,
        };
    } catch (error) {
        if (error instanceof CodedError || error instanceof UserError) throw error;
        throw new sourceErrors.MigrationsUnreadable({ directory: path, reason: (error as Error).message });
    }
}

/** The tool that was named, or the only one that recognizes the directory. */
export function toolFor(
    directory: string,
    path: string,
    named?: string,
    tools: readonly MigrationTool[] = migrationTools,
): Pick<Migrations, "tool" | "files"> {
    if (named !== undefined) {
        return { tool: toolNamed(named), files: [] };
    }
    const candidates = candidatesFor(directory, tools);
    const [found, ...others] = candidates;
    if (found === undefined) {
        throw new sourceErrors.MigrationsUnrecognized({
            directory: path,
            tools: tools.map(({ name, directoryHas }) => `${name}: ${directoryHas}`),
        });
    }
    if (others.length > 0) {
        throw new sourceErrors.MigrationsAmbiguous({
            directory: path,
            candidates: candidates.map(({ tool, files }) => `${tool.name}: ${shownFiles(files)}`),
            example: found.tool.name,
        });
    }
    return found;
}

/** `V1__a.sql, V2__b.sql and 3 more` */
export function shownFiles(files: string[]): string {
    return someOf(files, 2);
}

/**
 * Resolves the jars that a directory's `pom.xml` asks for, once; they must be those of the lock file beside it. Those
 * that the toolchain has are left out: two versions of Liquibase on one class path are none.
 */
export async function resolveJars(
    { directory, pom }: Migrations,
    cache: string,
    toolchainJars: readonly string[],
    { signal, say }: { signal: AbortSignal; say: (line: string) => void },
): Promise<string[]> {
    if (!pom) return [];
    const [file, target] = [join(directory, "pom.xml"), join(cache, pom)];
    if (!existsSync(target)) await copyDependencies(file, target, signal);
    const jars = jarsBelow(target);
    if (isPinned(file)) verify(file, jars, target);
    else
        say(
            `The jars of ${file} are not pinned: it has no ${jarLockName} beside it. To pin them: npm run lock -- ${directory}`,
        );
    const provided = new Set(toolchainJars.map(artifactOf));
    return jars.map((jar) => jar.file).filter((jar) => !provided.has(artifactOf(jar)));
}

function verify(pom: string, jars: ReturnType<typeof jarsBelow>, target: string): void {
    try {
        verifyJars(pom, jars);
    } catch (error) {
        // Jars that were corrected in Maven's repository are resolved again.
        rmSync(target, { recursive: true, force: true });
        throw error;
    }
}

/** Puts the directory, and its jars, where the source has its own changelog. */
export function replaceMigrations(migrations: Migrations, jars: readonly string[], target: string): void {
    rmSync(target, { recursive: true, force: true });
    const filter = (file: string) => !isEditorFile(basename(file)) || file === migrations.directory;
    // A relative link stays inside the copy.
    cpSync(migrations.directory, target, { recursive: true, filter, verbatimSymlinks: true });
    if (jars.length === 0) return;
    const libraries = join(target, "lib");
    mkdirSync(libraries, { recursive: true });
    for (const jar of jars) copyFileSync(jar, join(libraries, basename(jar)));
}

async function copyDependencies(pom: string, target: string, signal: AbortSignal): Promise<void> {
    const aside = `${target}.${process.pid}`;
    mkdirSync(aside, { recursive: true });
    try {
        await promisify(execFile)("mvn", copyArguments(pom, aside), { signal, maxBuffer: 16 * 1024 * 1024 });
    } catch (error) {
        rmSync(aside, { recursive: true, force: true });
        const { stdout, message } = error as { stdout?: string; message: string };
        const reason = stdout?.split("\n").find((line) => line.startsWith("[ERROR]")) ?? message;
        throw new sourceErrors.JarsNotResolved({ pom, reason: reason.replace("[ERROR] ", "") });
    }
    renameSync(aside, target);
}

/** `liquibase-core-4.33.0.jar` → `liquibase-core` */
function artifactOf(jar: string): string {
    return basename(jar, ".jar").replace(/-\d.*$/, "");
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
