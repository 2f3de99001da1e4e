import { spawnSync } from "node:child_process";
import { NodeVersions, Runtimes as chosenRuntimes } from "../../../components/contract";
import { nodeDirectory } from "../../node/directory";
import { messageOf, programErrors, startErrors } from "../errors";

/** What a build image would provide, taken from this machine. */
export interface Runtimes {
    javaHome: string;
    /** Major versions. */
    java: number;
    nodejs: number;
    /** The path of that Node.js, if it is not the one on the PATH. */
    nodeDirectory?: string;
}

const oldestNode = NodeVersions[0]!;

let known: Runtimes | undefined;

/**
 * The Java on the PATH, which is the one that a command would run, and the Node.js that runs this; where that is too old,
 * the one that CodeBuild would choose.
 */
export function localRuntimes(): Runtimes {
    return (known ??= findRuntimes());
}

function findRuntimes(): Runtimes {
    // It prints its properties to standard error.
    const { stderr, error } = spawnSync("java", ["-XshowSettings:properties", "-version"], { encoding: "utf8" });
    const property = (name: string) => new RegExp(`^\\s*${name} = (.*)$`, "m").exec(stderr)?.[1];
    const home = error ? undefined : property("java\\.home");
    if (!home) throw new startErrors.JavaMissing({});
    return {
        javaHome: home,
        java: Number(property("java\\.specification\\.version")),
        ...localNode(),
    };
}

function localNode(): Pick<Runtimes, "nodejs" | "nodeDirectory"> {
    const own = majorOf(process.versions.node);
    if (own >= oldestNode) return { nodejs: own };
    const chosen = majorOf(chosenRuntimes.nodejs);
    try {
        return { nodejs: chosen, nodeDirectory: nodeDirectory(chosen) };
    } catch (error) {
        throw new startErrors.NodeTooOld({ version: own, oldest: oldestNode, reason: messageOf(error) });
    }
}

/**
 * Checks what a build specification chooses. A newer runtime than the chosen one will do, and of Node.js each version
 * that the delivery program supports.
 */
export function checkRuntimes(chosen: Record<string, string>, local: Runtimes): void {
    for (const [runtime, version] of Object.entries(chosen)) {
        const present = runtime === "java" ? local.java : runtime === "nodejs" ? local.nodejs : undefined;
        if (present === undefined) {
            throw new programErrors.RuntimeUnknown({ runtime });
        }
        const needed = runtime === "nodejs" ? oldestNode : majorOf(version);
        if (present < needed) {
            throw new programErrors.RuntimeTooOld({ runtime, version, present, needed });
        }
    }
}

/** `corretto17` and `20.x` alike. */
function majorOf(version: string): number {
    return Number(/\d+/.exec(version)?.[0] ?? 0);
}
