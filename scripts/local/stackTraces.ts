/**
 * Runs work without formatting the stack traces of Pulumi's bookkeeping: Pulumi captures the trace of an unnamed
 * `Error` for each of its thousands of promises, and ts-node looks up every frame in a source map. Measured on the prod
 * program: half of its evaluation. An error with a message keeps its mapped trace.
 *
 * Collecting the frames takes as long again: with fewer `frames` than Node.js's 10, traces name fewer callers.
 */
export async function withCheapStackTraces<T>(work: () => Promise<T>, frames = Error.stackTraceLimit): Promise<T> {
    const limit = Error.stackTraceLimit;
    const mapped = Error.prepareStackTrace?.bind(Error);
    Error.prepareStackTrace = (error, frames): unknown =>
        error.message === "" ? error.name : (mapped ?? unmapped)(error, frames);
    Error.stackTraceLimit = frames;
    try {
        return await work();
    } finally {
        Error.stackTraceLimit = limit;
        Error.prepareStackTrace = mapped;
    }
}

function unmapped(error: Error, frames: NodeJS.CallSite[]): string {
    const lines = frames.map((frame) => `    at ${frame.getFileName()}:${frame.getLineNumber()}`);
    return [String(error), ...lines].join("\n");
}
