import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { describeOwner, newOwner, releaseIn } from "../../../../scripts/delivery/engines/lockOwner";
import { releaseId } from "../../../../scripts/delivery/input/settings";

describe("the owner of a lock", () => {
    it("is recognized in what a build writes, whatever its release", () => {
        fc.assert(
            fc.property(fc.string(), fc.string(), (revision, execution) => {
                const release = releaseId(revision, execution);
                assert.equal(releaseIn(newOwner(release)), release);
            }),
        );
    });

    it("is unique per build, and fits the column", () => {
        const release = releaseId("abcdef0123", "12345678-9");
        assert.notEqual(newOwner(release), newOwner(release));
        assert.ok(newOwner(release).length <= 255);
    });

    it("is recognized in what Liquibase writes with the release as its description", () => {
        assert.equal(releaseIn("ip-10-0-0-7#release-abcdef0-12345678 (10.0.0.7)"), "release-abcdef0-12345678");
    });

    for (const [what, lockedBy] of [
        ["a laptop's Liquibase", "anas-laptop.local (192.168.1.7)"],
        ["another pipeline's Liquibase", "runner#nightly (10.1.2.3)"],
        ["nobody", ""],
    ] as const) {
        it(`is not recognized in what ${what} wrote`, () => {
            assert.equal(releaseIn(lockedBy), undefined);
        });
    }

    it("is described by release or host, and since when", () => {
        const granted = "2026-01-02 03:04:05";
        assert.equal(
            describeOwner(
                { lockedBy: "ip-10-0-0-7#release-abcdef0-12345678 (10.0.0.7) 0a1b2c3d", granted },
                "Liquibase",
            ),
            "release-abcdef0-12345678 on ip-10-0-0-7 (10.0.0.7), since 2026-01-02 03:04:05 UTC",
        );
        assert.equal(
            describeOwner({ lockedBy: "anas-laptop.local (192.168.1.7)", granted }, "Liquibase"),
            "Liquibase on anas-laptop.local (192.168.1.7), since 2026-01-02 03:04:05",
        );
        assert.equal(describeOwner({ lockedBy: "somebody", granted: null }, "Liquibase"), "Liquibase on somebody");
    });
});
