import type { Engine } from "../engines/engine";
import type { BootstrapResult } from "../engines/users";
import { count } from "../changesets";
import type { Outputs } from "../report/outputs";
import type { BootstrapSettings } from "../settings";
import type { TrackingTables } from "../tracking";

type Log = (line: string) => void;

/**
 * The action `bootstrap`, the only one that connects as the administrator. It creates the database users that all other
 * builds connect as and repairs them if they were changed. It is idempotent, logs each repair, and needs no migration
 * tool.
 */
export async function bootstrap(
    settings: BootstrapSettings,
    engine: Engine,
    tracking: TrackingTables,
    outputs: Outputs,
    log: Log,
): Promise<void> {
    const noteEnd = async (result: BootstrapResult) => {
        if (settings.executionId !== undefined) {
            await engine.users.noteEnd(settings, settings.executionId, result);
        }
    };
    try {
        const { owner, migrator, planner, environmentName } = settings;
        const { names, done, left, found, prove } = await engine.users.make(settings, tracking, log);
        done.forEach((line) => log(`  ${line}`));
        found.forEach((line) => log(`  Found: ${line}`));
        left.forEach((line) => log(`  Manual step: ${line}`));
        await prove();
        const roles = `${owner}, ${migrator.name} and ${planner.name}`;
        const open = left.length === 0 ? "" : `; ${count(left.length, "manual step")} above`;
        log(
            done.length + left.length === 0
                ? `The users of ${environmentName} are up to date (${roles}): nothing to do.`
                : `The users of ${environmentName} are ready (${roles}): ${count(done.length, "change")}${open}.`,
        );
        outputs.report([{ name: "users", cases: names.map((name) => ({ name, file: "database", seconds: 0 })) }]);
    } catch (error) {
        // The plan that runs in parallel need not wait any longer. If this note cannot be written, the error below
        // still says why.
        await noteEnd("failed").catch(() => undefined);
        throw error;
    }
    await noteEnd("succeeded");
}
