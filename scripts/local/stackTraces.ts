/** The part of Pulumi's runtime that notes where each promise was made, for a message about those that never resolve. */
interface Debuggable {
    debuggablePromise: (...args: unknown[]) => unknown;
}

/**
 * Runs work without the stack traces of Pulumi's bookkeeping. Pulumi takes the trace of each of its thousands of promises,
 * and ts-node looks up every frame in a source map: measured on the prod program, half of its evaluation, and a tenth of
 * it if the frames are collected only. Pulumi still sees which promises never resolve. Every other error keeps its whole,
 * mapped trace.
 */
export async function withCheapStackTraces<T>(work: () => Promise<T>): Promise<T> {
    const mapped = Error.prepareStackTrace?.bind(Error);
    Error.prepareStackTrace = (error, frames): unknown =>
        error.message === "" ? error.name : (mapped ?? unmapped)(error, frames);
    const restore = withoutTraces(pulumisDebuggable());
    try {
        return await work();
    } finally {
        restore();
        Error.prepareStackTrace = mapped;
    }
}

/** Loaded with the rest of Pulumi only: whoever evaluates nothing does not wait for it. */
function pulumisDebuggable(): Debuggable {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Pulumi publishes no types of it
    return require("@pulumi/pulumi/runtime/debuggable") as Debuggable;
}

function withoutTraces(debuggable: Debuggable): () => void {
    const { debuggablePromise } = debuggable;
    debuggable.debuggablePromise = (...args) => {
        const limit = Error.stackTraceLimit;
        Error.stackTraceLimit = 0;
        try {
            return debuggablePromise(...args);
        } finally {
            Error.stackTraceLimit = limit;
        }
    };
    return () => void (debuggable.debuggablePromise = debuggablePromise);
}

function unmapped(error: Error, frames: NodeJS.CallSite[]): string {
    const lines = frames.map((frame) => `    at ${frame.getFileName()}:${frame.getLineNumber()}`);
    return [String(error), ...lines].join("\n");
}
