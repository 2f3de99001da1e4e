import assert from "node:assert/strict";
import type { HistoryRow } from "../../../../scripts/delivery/history";
import type { ChangelogVersion } from "../../../../scripts/local/watch/changelog";
import { isBehind, isPending, removed, undoOf, type Versions } from "../../../../scripts/local/watch/revision";

const key = (id: string) => `${id}.sql::${id}::ana`;
const name = (id: string) => ({ id, author: "ana", file: `${id}.sql` });

function version(ids: string[], more: { unread?: string[]; irreversible?: string[] } = {}): ChangelogVersion {
    const { unread = [], irreversible = [] } = more;
    return {
        changesets: new Set(ids.map(key)),
        irreversible: new Set(irreversible.map(key)),
        unread: new Set(unread),
    };
}

/** Rows of a history: `#r1` is the tag of a release, `a*` a changeset that ran again. */
function history(...rows: string[]): HistoryRow[] {
    return rows.map((row, order) => {
        if (row.startsWith("#")) {
            const tag = `release-${row.slice(1)}`;
            const own = { id: tag, author: "aurora-pipeline", file: "liquibase-internal" };
            return { ...own, order, outcome: "EXECUTED", tag, internal: true };
        }
        const outcome = row.endsWith("*") ? "RERAN" : "EXECUTED";
        return { ...name(row.replace("*", "")), order, outcome, tag: null, internal: false };
    });
}

describe("what a watch undoes", () => {
    const versions = (rows: string[], committed: string[], deployed: string[], more: Partial<Versions> = {}) => ({
        history: history(...rows),
        committed: version(committed),
        deployed: version(deployed),
        ...more,
    });
    const shop = versions(["#1", "a", "#2", "b", "c", "#3", "d"], ["a"], ["a", "b", "c", "d"]);

    it("is the release of a pending changeset, with whatever came after it", () => {
        assert.deepEqual(
            [undoOf(shop, [name("d")]), undoOf(shop, [name("c")]), undoOf(shop, [name("d"), name("b")])].map((undo) =>
                undo.kind === "undo" ? [undo.tag, undo.changesets.map(({ id }) => id)] : undo.why,
            ),
            [
                ["release-3", ["d"]],
                ["release-2", ["b", "c", "d"]],
                ["release-2", ["b", "c", "d"]],
            ],
        );
    });

    for (const { title, given, wanted = ["b"], why, committed = false } of [
        {
            title: "what the last commit has",
            given: shop,
            wanted: ["a", "d"],
            why: "the last commit contains a.sql::a::ana",
            committed: true,
        },
        {
            title: "what is in a release with something of the last commit",
            given: versions(["#1", "a", "b"], ["a"], ["a", "b"]),
            why: "a.sql::a::ana would be undone too, which the last commit contains",
        },
        {
            title: "what the last commit's changesets came after",
            given: versions(["#1", "a", "#2", "b", "#3", "c", "d"], ["a", "c", "d"], ["a", "b", "c", "d"]),
            why: "c.sql::c::ana and 1 other changeset would be undone too, which the last commit contains",
        },
        {
            title: "anything while the last commit's changelog cannot be read",
            given: { ...shop, committed: version([], { unread: ["changelog.yaml"] }) },
            why: "the last commit contains b.sql::b::ana",
            committed: true,
        },
        {
            title: "what no local run has noted",
            given: versions(["#1", "b", "c"], [], ["b"]),
            why: "no local run has recorded the rollback of c.sql::c::ana",
        },
        {
            title: "what was applied before any release",
            given: versions(["b", "#1", "c"], [], ["b", "c"]),
            why: "there is no earlier release tag in the database's history",
        },
        {
            title: "what was never applied",
            given: versions(["#1", "c"], [], ["b", "c"]),
            why: "there is no earlier release tag in the database's history",
        },
        {
            title: "what something without a rollback came after",
            given: { ...shop, deployed: version(["a", "b", "c", "d"], { irreversible: ["a", "d"] }) },
            why: "d.sql::d::ana has no rollback",
        },
    ] as { title: string; given: Versions; wanted?: string[]; why: string; committed?: boolean }[]) {
        it(`is not ${title}`, () => {
            assert.deepEqual(undoOf(given, wanted.map(name)), { kind: "refusal", committed, why });
        });
    }

    it("may include a changeset of the last commit that ran again since: it runs once more", () => {
        const undo = undoOf(versions(["#1", "a", "#2", "b", "#3", "view*"], ["a", "view"], ["a", "b", "view"]), [
            name("b"),
        ]);
        assert.equal(undo.kind === "undo" && undo.tag, "release-2");
    });

    it("includes changesets that were applied while pending and are no longer in a file", () => {
        assert.deepEqual(
            removed(shop, version(["a", "c"])).map(({ id }) => id),
            ["b", "d"],
        );
        assert.deepEqual(removed(shop, version(["b", "c", "d"])), [], "the last commit has a");
        assert.deepEqual(
            removed({ ...shop, history: history("#1", "a") }, version([])),
            [],
            "nothing else was applied",
        );
        assert.deepEqual(removed({ ...shop, deployed: version(["a"]) }, version(["a"])), [], "nobody knows how");
    });

    it("is empty while a file that was valid is broken", () => {
        assert.deepEqual(removed(shop, version(["a"], { unread: ["b.yaml"] })), []);
        const jar = { unread: ["published.xml"] };
        const withJar = { ...shop, deployed: version(["a", "b", "c", "d"], jar), committed: version(["a"], jar) };
        assert.equal(removed(withJar, version(["a", "b", "c"], jar)).length, 1);
        assert.deepEqual(removed({ ...shop, committed: version(["a"], jar) }, version(["a"])), []);
    });
});

describe("whether the last commit goes first", () => {
    const given = (rows: string[], committed: string[]): Versions => ({
        history: history(...rows),
        committed: version(committed),
        deployed: version([]),
    });

    it("is true if both have changesets that the database lacks", () => {
        assert.equal(isBehind(given(["#1", "a"], ["a", "b"])), true);
        assert.equal(isBehind(given(["#1", "a", "b"], ["a", "b"])), false);
        assert.equal(isPending(given(["#1", "a"], ["a"]), version(["a", "c"])), true);
        assert.equal(isPending(given(["#1", "a", "c"], ["a"]), version(["a", "c"])), false);
        assert.equal(isPending(given([], ["a"]), version(["a"])), false);
    });
});
