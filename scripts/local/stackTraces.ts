/**
 * Runs work without mapping the stack traces of Pulumi's bookkeeping back to TypeScript: Pulumi takes the trace of an
 * unnamed `Error` for each of its thousands of promises, and ts-node looks every frame up in a source map. Measured on
 * the prod program: half of its evaluation. An error with a message keeps its mapped trace.
 */
export async function withCheapStackTraces<T>(work: () => Promise<T>): Promise<T> {
    const mapped = Error.prepareStackTrace?.bind(Error);
    Error.prepareStackTrace = (error, frames): unknown =>
        mapped === undefined || error.message === "" ? unmapped(error, frames) : mapped(error, frames);
    try {
        return await work();
    } finally {
        Error.prepareStackTrace = mapped;
    }
}

function unmapped(error: Error, frames: NodeJS.CallSite[]): string {
    const lines = frames.map((frame) => `    at ${frame.getFileName()}:${frame.getLineNumber()}`);
    return [String(error), ...lines].join("\n");
}
