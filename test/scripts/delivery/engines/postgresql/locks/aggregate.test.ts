import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { modeName } from "../../../../../../scripts/delivery/engines/locks/budget";
import { lockTimes, waitTimes } from "../../../../../../scripts/delivery/engines/postgresql/locks/aggregate";
import {
    type Lock,
    type LockMode,
    lockModes,
    tableLockModes,
    type Sample,
} from "../../../../../../scripts/delivery/engines/postgresql/locks/sample";

const relation = 20_000;

/** One session; each entry is the transaction that held the lock at that time, or nothing. */
function samples(mode: LockMode, holders: [at: number, transaction?: string][]): Sample[] {
    return holders.map(([at, transaction]) => ({
        at,
        sessions: [
            {
                pid: 1,
                transaction: transaction ?? "",
                locks: transaction === undefined ? [] : [{ relation, mode, granted: true }],
            },
        ],
    }));
}

const lock: fc.Arbitrary<Lock> = fc.record({
    relation: fc.integer({ min: 1, max: 3 }),
    mode: fc.constantFrom(...lockModes),
    granted: fc.boolean(),
});
const session = fc.record({
    pid: fc.integer({ min: 1, max: 2 }),
    transaction: fc.constantFrom("", "t1", "t2"),
    wait: fc.constantFrom(undefined, "Lock:relation", "IO:DataFileRead", "Client:ClientRead"),
    locks: fc.array(lock, { maxLength: 4 }),
});
const anySamples: fc.Arbitrary<Sample[]> = fc
    .array(
        fc.record({
            step: fc.integer({ min: 0, max: 1000 }),
            sessions: fc.uniqueArray(session, { maxLength: 2, selector: ({ pid }) => pid }),
        }),
        { maxLength: 20 },
    )
    .map((steps) => {
        let at = 1_000_000;
        return steps.map(({ step, sessions }) => ({ at: (at += step), sessions }));
    });

const length = (all: Sample[]) => (all.length === 0 ? 0 : all.at(-1)!.at - all[0]!.at);
const byLock = (all: Sample[]) =>
    new Map(lockTimes(all).map((time) => [`${time.relation} ${time.mode}`, time.milliseconds] as const));

/** A look half-way that sees only what the looks around it both see. */
function between(one: Sample, next: Sample): Sample {
    const still = (pid: number, transaction: string, { relation, mode }: Lock) =>
        next.sessions
            .filter((other) => other.pid === pid && other.transaction === transaction)
            .some(({ locks }) => locks.some((l) => l.granted && l.relation === relation && l.mode === mode));
    return {
        at: (one.at + next.at) / 2,
        sessions: one.sessions.map((session) => ({
            ...session,
            locks: session.locks.filter((held) => still(session.pid, session.transaction, held)),
        })),
    };
}

describe("the time that locks are held", () => {
    it("is the span from the first to the last sample, and at most that to their neighbours", () => {
        const seen = samples("AccessExclusiveLock", [[0], [25, "a"], [50, "a"], [75, "a"], [100]]);
        assert.deepEqual(lockTimes(seen), [{ relation, mode: "AccessExclusiveLock", milliseconds: 50, atMost: 100 }]);
    });

    it("does not span from one transaction to the next", () => {
        const seen = samples("ShareLock", [
            [0, "a"],
            [10, "a"],
            [30, "b"],
            [70, "b"],
        ]);
        assert.deepEqual(lockTimes(seen), [{ relation, mode: "ShareLock", milliseconds: 50, atMost: 70 }]);
    });

    it("does not span a savepoint that was rolled back", () => {
        const seen = samples("ShareLock", [[0, "a"], [10, "a"], [20], [30, "a"], [40, "a"]]);
        assert.equal(lockTimes(seen)[0]!.milliseconds, 20);
    });

    it("ignores locks that are only waited for", () => {
        const waiting = { relation, mode: "AccessExclusiveLock" as const, granted: false };
        const seen = [0, 50].map((at) => ({ at, sessions: [{ pid: 1, transaction: "a", locks: [waiting] }] }));
        assert.deepEqual(lockTimes(seen), []);
    });

    it("shows a lock of a single sample, with a minimum of zero", () => {
        const seen = samples("AccessExclusiveLock", [[0], [4, "a"], [9]]);
        assert.deepEqual(lockTimes(seen), [{ relation, mode: "AccessExclusiveLock", milliseconds: 0, atMost: 9 }]);
    });

    it("is between zero and the time of observation", () => {
        fc.assert(
            fc.property(anySamples, (all) => {
                for (const { milliseconds, atMost } of lockTimes(all)) {
                    assert.ok(milliseconds >= 0 && milliseconds <= atMost && atMost <= length(all));
                }
            }),
        );
    });

    it("is additive over two parts that share a sample", () => {
        fc.assert(
            fc.property(anySamples, fc.nat(), (all, cut) => {
                const at = all.length === 0 ? 0 : cut % all.length;
                const parts = [byLock(all.slice(0, at + 1)), byLock(all.slice(at))];
                for (const [key, milliseconds] of byLock(all)) {
                    assert.equal((parts[0]!.get(key) ?? 0) + (parts[1]!.get(key) ?? 0), milliseconds);
                }
            }),
        );
    });

    it("does not change with an extra sample that agrees with its neighbours", () => {
        fc.assert(
            fc.property(anySamples, (all) => {
                const more = all.flatMap((sample, index) => {
                    const next = all[index + 1];
                    return next ? [sample, between(sample, next)] : [sample];
                });
                assert.deepEqual(byLock(more), byLock(all));
            }),
        );
    });

    it("does not depend on the order of the sessions", () => {
        fc.assert(
            fc.property(anySamples, (all) => {
                const turned = all.map((sample) => ({ ...sample, sessions: [...sample.sessions].reverse() }));
                assert.deepEqual(byLock(turned), byLock(all));
            }),
        );
    });

    it("names the strongest first", () => {
        fc.assert(
            fc.property(anySamples, (all) => {
                const ranks = lockTimes(all).map(({ mode }) => lockModes.indexOf(mode));
                assert.deepEqual(
                    ranks,
                    [...ranks].sort((one, other) => other - one),
                );
            }),
        );
    });

    it("names modes as SQL does", () => {
        assert.deepEqual(
            lockModes.map((mode) => modeName(mode, tableLockModes)).map((name) => name.replaceAll(" ", "_")),
            ["ACCESS_SHARE", "ROW_SHARE", "ROW_EXCLUSIVE", "SHARE_UPDATE_EXCLUSIVE"].concat([
                "SHARE",
                "SHARE_ROW_EXCLUSIVE",
                "EXCLUSIVE",
                "ACCESS_EXCLUSIVE",
            ]),
        );
    });
});

describe("the time that sessions wait", () => {
    it("counts each wait until the next sample, without idle ones, the longest first", () => {
        const waits = ["IO:DataFileRead", "Lock:relation", "Lock:relation", "Client:ClientRead"];
        const seen = waits.map((wait, index) => ({
            at: index * 10,
            sessions: [{ pid: 1, transaction: "a", wait, locks: [] }],
        }));
        assert.deepEqual(waitTimes(seen), [
            { event: "Lock:relation", milliseconds: 20 },
            { event: "IO:DataFileRead", milliseconds: 10 },
        ]);
    });

    it("is never longer than the time of observation", () => {
        fc.assert(
            fc.property(anySamples, (all) => {
                for (const { milliseconds } of waitTimes(all)) {
                    assert.ok(milliseconds > 0 && milliseconds <= length(all));
                }
            }),
        );
    });
});
