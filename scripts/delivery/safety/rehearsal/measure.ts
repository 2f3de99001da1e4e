import { keyOf } from "../../changesets";
import type { Context } from "../../context";
import type { ChangesetEvent, CommandResult } from "../../tools/events";
import type { Figures } from "../../engines/locks/figures";

export interface Measurement {
    result: CommandResult;
    /** By the changeset's key. */
    figures: Map<string, Figures>;
}

/** Runs a command that asks questions, and samples the server at each question and in between. */
export async function measure(
    { settings, engine, tool, session }: Pick<Context, "settings" | "engine" | "tool" | "session">,
    command: (onEvent: (event: ChangesetEvent) => void) => Promise<CommandResult>,
    onEvent: (event: ChangesetEvent) => void,
): Promise<Measurement> {
    const watch = await engine.watchLocks(settings, tool.tracking);
    const figures = new Map<string, Figures>();
    let failure: { error: unknown } | undefined;
    const steps = {
        begin: () => watch.begin(),
        look: () => watch.look(),
        end: async (event: ChangesetEvent) => void figures.set(keyOf(event), await watch.end()),
    };
    const answer = async (event: ChangesetEvent, step: keyof typeof steps) => {
        try {
            await steps[step](event);
            session.answer("go");
        } catch (error) {
            // Sampling has failed: a changeset that continues would prove nothing.
            failure ??= { error };
            await session.close();
        }
    };
    try {
        const result = await command((event) => {
            if (event.event === "begin" || event.event === "look" || event.event === "end") {
                void answer(event, event.event);
            } else {
                onEvent(event);
            }
        });
        return { result, figures };
    } catch (error) {
        throw failure ? failure.error : error;
    } finally {
        await watch.stop();
    }
}
