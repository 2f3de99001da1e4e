import type { Engine } from "../../engines/engine";
import { type Loss, lossError, SilenceJudge, silenceLimits } from "../../engines/silence";
import { InternalError } from "../../errors";
import { pollUntil } from "../../retrying";
import type { Settings } from "../../settings";
import type { CommandResult, ServerError } from "../events";
import type { JavaListeners, JavaResult } from "./session";

/** A session, and the words in which its tool reports. */
export interface ConnectedTool<Result extends JavaResult, Listeners extends JavaListeners> {
    run(args: string[], password: string, listeners: Listeners): Promise<Result>;
    abort(): void;
    /** The tool's words for a command that got no connection, whatever the reason. */
    noConnection: RegExp;
    /** A message in the form in which the tool reports errors. */
    reported: (why: string) => string;
    /** Why a command failed, where the tool itself names no place. */
    explain?: (result: Result) => string | undefined;
}

interface Lost {
    why: string;
    /** The server does not answer on any connection. */
    silent: boolean;
}

const retryMillis = 1000;

/** Runs the commands of a tool in Java on a server whose passwords change, which may fail over, and which may vanish. */
export class Connected<Result extends JavaResult, Listeners extends JavaListeners = JavaListeners> {
    /** Why the connection of the last command was given up. */
    private lost: Lost | undefined;

    constructor(
        private readonly tool: ConnectedTool<Result, Listeners>,
        private readonly settings: Pick<Settings, "database" | "releaseId">,
        private readonly engine: Engine,
    ) {}

    /**
     * A command whose login is refused has run nothing, so it is retried with another password. The same holds for one
     * that found no writer: it is retried for as long as most failovers take.
     */
    async run(args: string[], listeners: Listeners): Promise<Result> {
        const { database } = this.settings;
        const { credential } = database;
        const deadline = Date.now() + silenceLimits(database.silenceSeconds).writerMillis;
        let password = await credential.password(database);
        let pauseMillis = 0;
        return pollUntil({ everyMillis: () => pauseMillis }, async () => {
            const result = await this.runWatched(args, password, listeners);
            if (this.foundNoWriter(result) && this.lost?.silent !== true && Date.now() < deadline) {
                pauseMillis = retryMillis;
                password = await credential.password(database);
                return undefined;
            }
            const refusal = refusalIn(result, this.engine);
            if (refusal === undefined) {
                return result;
            }
            const another = await credential.another(password);
            if (another === undefined) {
                throw this.engine.errors.connectionError(new InternalError(refusal), database);
            }
            pauseMillis = 0;
            password = another;
            return undefined;
        });
    }

    /** Closes the connection of the running command, which then fails with this reason. */
    abort(why: string): void {
        if (this.lost === undefined) {
            this.lost = { why, silent: true };
            this.tool.abort();
        }
    }

    /**
     * Gives up the command's connection if the server is silent and, checked over another connection, is not working on
     * it.
     */
    private async runWatched(args: string[], password: string, listeners: Listeners): Promise<Result> {
        const { database, releaseId } = this.settings;
        const limits = silenceLimits(database.silenceSeconds);
        const looks = this.engine.lookout(database, releaseId);
        this.lost = undefined;
        const giveUp = (loss: Loss) => {
            if (this.lost !== undefined) return;
            this.lost = { why: lossError(loss, limits, database).message, silent: loss === "silent" };
            this.tool.abort();
        };
        const silence = new SilenceJudge(limits, () => looks.works("others"), giveUp);
        try {
            const onWait = (waited: number) => silence.hears(waited);
            return this.explained(await this.tool.run(args, password, { ...listeners, onWait }));
        } finally {
            await looks.close();
        }
    }

    private explained(result: Result): Result {
        const { reported } = this.tool;
        if (result.objection !== undefined) {
            return { ...result, exitCode: result.exitCode || 1, messages: [reported(result.objection)] };
        }
        const lost = result.exitCode === 0 ? undefined : this.lost?.why;
        const why = this.tool.explain?.(result) ?? lost;
        return why === undefined
            ? { ...result, serverError: serverErrorOf(result, this.engine) }
            : { ...result, messages: [reported(why), ...result.messages] };
    }

    /** Whether the command ended before it had a connection, for a transient reason. */
    private foundNoWriter({ exitCode, events, messages }: Result): boolean {
        return (
            exitCode !== 0 &&
            events.length === 0 &&
            this.tool.noConnection.test(messages.join("\n")) &&
            this.engine.errors.reportsLoss(messages)
        );
    }
}

function serverErrorOf({ failure }: JavaResult, { errors }: Engine): ServerError | undefined {
    return (
        failure && {
            kind: errors.kindOf({ code: failure.sqlState, message: failure.message }),
            message: failure.message,
            lockViews: errors.lockViews,
        }
    );
}

/** Why the server refused the tool's login. */
function refusalIn({ exitCode, events, messages }: CommandResult, { errors }: Engine): string | undefined {
    return exitCode !== 0 && events.length === 0 ? errors.refusedLogin(messages) : undefined;
}
