import * as assert from "node:assert/strict";
import { steps } from "../changelog";
import { type Bench, killAll } from "../bench";

const lie = "-- check: nothing was counted\nSELECT n < 100 FROM counter;\n";

/** The last changeset fails, or a check says that what is right is wrong: either way everything goes back. */
export async function failedReleases(bench: Bench, rounds: number, fault: "changeset" | "check"): Promise<string> {
    let undone = 0;
    for (let round = 0; round < rounds; round++) {
        // But for the first release, some of them are there already: only what this release applied goes back.
        const project = await bench.project(round === 0 ? 0 : bench.random.pick(bench.changelog.beginnings));
        const before = round === 0 ? undefined : await bench.state(project);
        if (fault === "changeset") {
            bench.changelog.writeFailing(project);
        } else {
            project.write({ "verify/lie.sql": lie });
        }
        const { code, output } = await project.build("deploy");
        assert.equal(code, 1, output);
        assert.match(output, fault === "changeset" ? /division by zero/ : /nothing was counted .*: is false/);
        assert.match(output, /The database is as it was before .* Its catalog is the same as before the update/);
        const { fingerprints, differences, remaining } = project.deployment();
        assert.deepEqual([differences, remaining], [[], []]);
        assert.equal(fingerprints.after, fingerprints.before);
        undone += project.deployment().undone.length;
        if (before === undefined) {
            assert.deepEqual(await project.tables(), ["databasechangelog", "databasechangeloglock"]);
        } else {
            await bench.assertSame(project, before);
        }
        await bench.assertFree(project);

        bench.changelog.write(project);
        if (fault === "check") {
            project.write({ "verify/lie.sql": lie.replace("n < 100", "n >= 100") });
        }
        project.nextExecution();
        await bench.succeed(project, "deploy");
        await bench.assertWhole(project);
    }
    return `${rounds} releases undone, ${undone} changesets`;
}

/**
 * Kills a deployment at the very moment that Liquibase alone leaves open: the change is made, its record is being written.
 * Liquibase commits the change before that, and would apply it again.
 */
export async function killedAtTheRecord(bench: Bench, rounds: number): Promise<string> {
    for (let round = 0; round < rounds; round++) {
        const project = await bench.project(2);
        const before = await bench.state(project);
        // Slow for one row only: the moment lasts long enough to strike in it.
        await project.query(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
            CREATE TRIGGER slow AFTER INSERT ON databasechangelog FOR EACH ROW WHEN (NEW.id = 'fill') EXECUTE FUNCTION slow()`);
        const step = { marker: "VALUES ('fill', 'faults'", milliseconds: 300 };
        const { struck } = await bench.strike(project, "deploy", step, killAll);
        assert.ok(struck, "the record was not being written");
        await bench.settle(project);
        await project.query("DROP TRIGGER slow ON databasechangelog; DROP FUNCTION slow()");
        await bench.assertSame(project, before);
        project.nextExecution();
        await bench.succeed(project, "deploy");
        await bench.assertWhole(project);
    }
    return `${rounds} kills between a change and its record; none was applied twice`;
}

/** Deaths that leave an index: whole but without its record, and invalid where the lock was released by hand. */
export async function leftIndexes(bench: Bench): Promise<string> {
    const create = steps[3]!.text.split("\n")[1]!;

    const whole = await bench.project(3);
    await whole.query(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
        CREATE TRIGGER slow AFTER INSERT ON databasechangelog FOR EACH ROW WHEN (NEW.id = 'index') EXECUTE FUNCTION slow()`);
    const { struck } = await bench.strike(
        whole,
        "deploy",
        { marker: "VALUES ('index', 'faults'", milliseconds: 300 },
        killAll,
    );
    assert.ok(struck, "the record was not being written");
    await bench.settle(whole);
    await whole.query("DROP TRIGGER slow ON databasechangelog; DROP FUNCTION slow()");
    whole.nextExecution();
    const { output } = await bench.succeed(whole, "deploy");
    assert.match(output, /Dropping the index public\.ledger_note, .*: it is complete, but release-\S+ on /);
    await bench.assertWhole(whole);

    const invalid = await bench.project(3);
    await invalid.query(create);
    await invalid.query("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ledger_note'::regclass");
    assert.match(
        (await bench.succeed(invalid, "deploy")).output,
        /Dropping the index public\.ledger_note, .*: it is invalid/,
    );
    await bench.assertWhole(invalid);

    // Somebody's own index, whether a run has died or not: it is not ours to drop.
    for (const lock of [
        "SELECT 1",
        `UPDATE databasechangeloglock SET locked = true, lockgranted = now() AT TIME ZONE 'UTC',
                lockedby = 'gone#release-abcdef0-gone0000 (10.0.0.9)'`,
    ]) {
        const foreign = await bench.project(3);
        await foreign.query(create);
        await foreign.query(lock);
        const refused = await foreign.build("deploy");
        assert.equal(refused.code, 1, refused.output);
        assert.match(refused.output, /"ledger_note" already exists/);
        const valid = await foreign.query(
            "SELECT FROM pg_index WHERE indexrelid = 'ledger_note'::regclass AND indisvalid",
        );
        assert.equal(valid.length, 1, "the index is gone");
    }
    return "a whole one and an invalid one dropped and rebuilt, other indexes left alone";
}
