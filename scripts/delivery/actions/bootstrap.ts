import { count } from "../changesets";
import { connect } from "../database/database";
import type { BootstrapSettings } from "../input/bootstrap";
import type { Outputs } from "../report/outputs";
import { keepingBaseline } from "../users/baseline";
import { establish, remainingSteps } from "../users/establish";
import { namesOf, type Users } from "../users/model";
import { setPassword } from "../users/passwords";
import { prove } from "../users/prove";

/**
 * The action `bootstrap`, the only one that connects as the administrator: makes the users whom all others connect as, and
 * puts them right if somebody changed them. It changes what differs, says what that was, and needs no Liquibase.
 */
export async function bootstrap(
    settings: BootstrapSettings,
    outputs: Outputs,
    log: (line: string) => void,
): Promise<void> {
    const { owner, migrator, planner, environmentName } = settings;
    const users = usersOf(settings);
    const client = await connect(settings, settings.releaseId);
    try {
        const steps = await remainingSteps(client, users);
        const done = steps.length === 0 ? [] : await keepingBaseline(client, log, () => establish(client, users));
        done.push(...(await setPassword(client, settings, migrator)));
        done.push(...(await setPassword(client, settings, planner)));
        await prove(client, settings);
        done.forEach((line) => log(`  ${line}`));
        const roles = `${owner}, ${migrator.name} and ${planner.name}`;
        log(
            done.length === 0
                ? `The users of ${environmentName} are as they shall be (${roles}): nothing to do.`
                : `The users of ${environmentName} are ready (${roles}): ${count(done.length, "change")}.`,
        );
        outputs.report([
            { name: "users", cases: namesOf(users).map((name) => ({ name, file: "database", seconds: 0 })) },
        ]);
    } finally {
        await client.end();
    }
}

function usersOf({ owner, migrator, planner }: BootstrapSettings): Users {
    return {
        owner,
        migrator: { name: migrator.name, iam: migrator.credential === undefined },
        planner: { name: planner.name, iam: planner.credential === undefined },
    };
}
