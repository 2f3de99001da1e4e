import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { keyOf } from "../../../changesets";
import { messageOf } from "../../../errors";
import { liquibaseErrors } from "../errors";
import type { CodeEvent } from "../session";
import type { CodeUse, HashedFile } from "../../code";

/** The location of the repository's files. */
export interface Repository {
    /** Root of the source. */
    source: string;
    /** The migrations directory, the working directory of Liquibase and the programs that it starts. */
    directory: string;
    jars: string[];
}

/** What a build with allowed code runs from the repository: all jars, and what the changelog declares. */
export function allowedCode(repository: Repository, events: CodeEvent[]): CodeUse[] {
    return [
        ...repository.jars.map((jar) => jarUse("jar", repository, jar)),
        ...events.map((event) => useOf(event, repository)),
    ];
}

/**
 * What a build without allowed code must refuse. Jars are read only for their files, so a jar with classes beside a
 * changelog is accepted. A jar that registers an extension with Liquibase is refused: without its classes the changelog
 * would mean something else.
 */
export function refusedCode(repository: Repository, events: CodeEvent[]): CodeUse[] {
    const extensions = repository.jars.filter(isExtension).map((jar) => jarUse("extension", repository, jar));
    return [...extensions, ...events.map((event) => useOf(event, repository))];
}

function jarUse(kind: "jar" | "extension", repository: Repository, jar: string): CodeUse {
    const name = relative(repository.directory, jar);
    return { kind, name, file: name, files: [hashed(repository, jar)] };
}

function useOf(
    { kind, name, arguments: given, file, id, author, logicalFile }: CodeEvent,
    repository: Repository,
): CodeUse {
    const files = kind === "executeCommand" ? filesAmong([name, ...(given ?? [])], repository) : [];
    return {
        kind,
        name,
        ...(given && given.length > 0 && { arguments: given }),
        file,
        ...(id !== undefined && { changeset: keyOf({ id, author: author ?? "", file: logicalFile ?? file }) }),
        ...(files.length > 0 && { files }),
    };
}

/** The words of a command line that are files of the repository. */
function filesAmong(words: string[], repository: Repository): HashedFile[] {
    const root = fs.realpathSync(repository.source);
    const files = words.flatMap((word) => {
        const file = word.includes("\0") ? undefined : regularFile(path.resolve(repository.directory, word));
        return file !== undefined && isWithin(root, file) ? [file] : [];
    });
    return [...new Set(files)].map((file) => ({ path: relative(root, file), sha256: sha256(file) }));
}

/** Its real path, if it is a regular file. */
function regularFile(file: string): string | undefined {
    try {
        const real = fs.realpathSync(file);
        return fs.statSync(real).isFile() ? real : undefined;
    } catch {
        return undefined;
    }
}

function isWithin(directory: string, file: string): boolean {
    return !relative(directory, file).startsWith("../");
}

function hashed({ source }: Repository, file: string): HashedFile {
    return { path: relative(source, file), sha256: sha256(file) };
}

function sha256(file: string): string {
    return crypto.createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

function relative(directory: string, file: string): string {
    return path.relative(directory, file).replaceAll("\\", "/");
}

/** Liquibase finds extensions by service files of its own interfaces. */
function isExtension(jar: string): boolean {
    return namesIn(jar).some((name) => /^META-INF\/services\/liquibase\./i.test(name));
}

function namesIn(jar: string): string[] {
    const names: string[] = [];
    try {
        unzipSync(fs.readFileSync(jar), {
            filter: ({ name }) => {
                names.push(name);
                return false;
            },
        });
    } catch (error) {
        throw new liquibaseErrors.JarUnreadable({ file: jar, reason: messageOf(error) });
    }
    return names;
}
