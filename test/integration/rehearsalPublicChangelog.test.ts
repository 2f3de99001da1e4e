import * as assert from "node:assert/strict";
import type { Changelog } from "../faults/changelogs/changelog";
import { flowable } from "../faults/changelogs/flowable";
import type { Rehearsal } from "../../scripts/delivery/safety/rehearsal/model";
import { beforeDelivery, type Delivery, type Project } from "../support/delivery";
import { nonEmpty } from "../support/nonEmpty";

// Flowable's changelog, which nobody here wrote, with the action that the stage Rehearse runs.
describe("a rehearsal of a public changelog", function () {
    this.timeout(300_000);
    let delivery: Delivery;
    let changelog: Changelog;
    beforeDelivery(async (started) => {
        delivery = started;
        changelog = await flowable();
    });

    const verification =
        "-- check: no case is left without its definition\nSELECT count(*) = 0 FROM act_cmmn_ru_case_inst WHERE case_def_id_ IS NULL;\n";
    const copying = { REHEARSAL_COPY: "DatabaseTemplate", REHEARSAL_CLONE_LIFETIME_MINUTES: "60" };

    /** Rehearses, with the plan of a build before it or without. */
    async function rehearse(project: Project, budget: number, exitCode = 0, plan?: string): Promise<Rehearsal> {
        project.write({ "verify/cases.sql": verification });
        const environment = {
            ...copying,
            LOCK_BUDGET_MILLISECONDS: String(budget),
            ...(plan !== undefined && { CODEBUILD_SRC_DIR_DeployPlan: plan }),
        };
        const { code, output } = await project.build("rehearse", { environment });
        assert.equal(code, exitCode, output);
        const rehearsal = JSON.parse(project.artifact("rehearsal.json")) as Rehearsal;
        assert.equal(rehearsal.rollback.result, "Proven", output);
        assert.deepEqual([rehearsal.rollback.differences, rehearsal.rollback.otherRows], [[], []]);
        // Applied again after its rollback it comes to the same, or a warning would say what is otherwise.
        assert.deepEqual(rehearsal.warnings, []);
        assert.deepEqual(
            rehearsal.checks.map(({ name, failure }) => [name, failure]),
            [["no case is left without its definition", undefined]],
        );
        for (const { status, undo, figures, id } of nonEmpty(rehearsal.changesets)) {
            assert.equal(status, "Applied", id);
            assert.ok(undo !== undefined && figures !== undefined, id);
        }
        return rehearsal;
    }

    it("applies it to a new database, verifies, undoes, compares and applies it again", async () => {
        const project = await delivery.project();
        changelog.write(project);
        const { changesets } = await rehearse(project, 1000);
        assert.ok(changesets.length >= 14, `${changesets.length} changesets`);
        // Nothing was there before: no session can wait for it.
        assert.deepEqual(
            changesets.flatMap(({ figures }) => figures!.locks.filter(({ existedBefore }) => existedBefore)),
            [],
        );
        assert.deepEqual(await project.tables(), []);
    });

    describe("over the rows of an earlier release", () => {
        const rows = 300_000;
        let rehearsal: Rehearsal;
        before(async () => {
            const project = await delivery.project();
            changelog.write(project, 1);
            await project.buildEnding(0, "deploy");
            await project.query(
                `INSERT INTO act_cmmn_casedef (id_, rev_, key_, version_) SELECT 'd' || i, 1, 'k' || i, 1 FROM generate_series(1, 100) i;
                 INSERT INTO act_cmmn_ru_case_inst (id_, rev_, case_def_id_) SELECT 'c' || i, 1, 'd' || (i % 100 + 1) FROM generate_series(1, 1000) i;
                 INSERT INTO act_cmmn_ru_plan_item_inst (id_, rev_, case_inst_id_, stage_inst_id_)
                     SELECT 'p' || i, 1, 'c' || (i % 1000 + 1), 's' || i FROM generate_series(1, ${rows}) i;`,
            );
            project.nextExecution();
            changelog.write(project);
            project.write({ "verify/cases.sql": verification });
            await project.buildEnding(0, "plan");
            rehearsal = await rehearse(project, 20, 1, project.approve());
        });

        /** The strongest lock that each changeset holds on a table that was there. */
        const exclusive = ({ changesets }: Rehearsal) =>
            changesets.flatMap(({ id, figures }) =>
                figures!.locks
                    .filter(({ existedBefore, mode }) => existedBefore && mode === "AccessExclusiveLock")
                    .map(({ table, milliseconds, atMost }) => ({ id, table, milliseconds, atMost })),
            );

        it("measures what each changeset locks, and for how long", () => {
            const locks = exclusive(rehearsal);
            // It adds a column and then builds an index, in one transaction: the table is blocked meanwhile.
            const index = locks.find(({ id, table }) => id === "3" && table === "public.act_cmmn_ru_plan_item_inst");
            const longest = locks.reduce((one, other) => (other.milliseconds > one.milliseconds ? other : one));
            assert.deepEqual(longest, index, JSON.stringify(locks));
            assert.ok(longest.milliseconds > 50 && longest.atMost >= longest.milliseconds, JSON.stringify(longest));
            const changesets = rehearsal.changesets.length;
            console.log(
                `      ${changesets} changesets over ${rows} rows, undone and applied again; ${locks.length} ACCESS EXCLUSIVE locks, ` +
                    `the longest ${Math.round(longest.milliseconds)} ms: changeset ${longest.id} on ${longest.table}`,
            );
        });

        it("fails it where such a lock lasts longer than the budget", () => {
            const over = rehearsal.changesets.filter(({ overBudget }) => overBudget.length > 0).map(({ id }) => id);
            assert.ok(over.includes("3"), over.join());
            assert.match(
                rehearsal.problems.join("\n"),
                /::3::flowable: public\.act_cmmn_ru_plan_item_inst: ACCESS EXCLUSIVE for \d+ ms; the lock budget is 20 ms/,
            );
        });
    });
});
