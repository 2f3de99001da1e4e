import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { engineNamed, engineNames } from "../../../../scripts/delivery/engines/registry";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import { canBeLowered, Catalogue } from "../../../../scripts/delivery/lint/catalogue";
import * as fc from "fast-check";
import { lintGroups, type LintFloor, lintLevels, lintRules } from "../../../../components/lintRules";
import { inputErrors } from "../../../../scripts/delivery/errors";
import { refusalOf } from "../../../support/refusal";
import { loadLintConfig } from "../../../../scripts/delivery/lint";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import type { Level } from "../../../../scripts/delivery/lint/rule";
import { catalogue } from "./support";

describe("the linter's rules", () => {
    it("are, for all engines together, those that a stack's config accepts", () => {
        const ofEngines = engineNames.flatMap((name) => new Catalogue(engineNamed(name).linter, liquibase).names);
        assert.deepEqual([...new Set(ofEngines)].sort(), [...lintRules].sort());
    });
});

describe("lint.yaml", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "lint-config-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

    const load = (text: string, environment = "prod") => {
        fs.writeFileSync(path.join(directory, "lint.yaml"), text);
        return loadLintConfig(catalogue, directory, environment);
    };
    const problems = (text: string) => {
        try {
            load(text);
        } catch (error) {
            assert.ok(error instanceof inputErrors.LintFileRefused);
            assert.equal(error.facts.file, path.join(directory, "lint.yaml"));
            return error.facts.problems;
        }
        return [];
    };

    it("may be missing: dev warns where prod fails", () => {
        const [dev, prod, other] = ["dev", "prod", "europe"].map((name) => loadLintConfig(catalogue, directory, name));
        assert.deepEqual([dev?.profile, prod?.profile, other?.profile], ["lenient", "strict", "strict"]);
        for (const rule of catalogue.names) {
            const { group } = catalogue.textOf(rule);
            const strict = { style: "warning", optional: "off" }[group as string] ?? "error";
            assert.equal(prod?.levels[rule], strict, rule);
            assert.equal(dev?.levels[rule], strict === "error" && group !== "failing" ? "warning" : strict, rule);
        }
    });

    it("sets levels for all environments, and for one of them", () => {
        const text = `
rules:
  prefer-text-field: warning
  ban-drop-column: off
environments:
  prod:
    rules: { ban-drop-column: error }
  europe:
    profile: lenient
`;
        assert.equal(load(text, "prod").levels["ban-drop-column"], "error");
        assert.equal(load(text, "prod").levels["prefer-text-field"], "warning");
        assert.equal(load(text, "dev").levels["ban-drop-column"], "off");
        assert.equal(load(text, "europe").levels["ban-drop-table"], "warning");
        assert.equal(load("profile: strict", "dev").levels["ban-drop-table"], "error");
    });

    it("sets the level of drift, by default a warning", () => {
        assert.equal(load("profile: strict", "prod").drift, "warning");
        const text = "drift: off\nenvironments: { prod: { drift: error } }";
        assert.deepEqual([load(text, "prod").drift, load(text, "dev").drift], ["error", "off"]);
    });

    describe("with levels that the stack's config pins", () => {
        const pinned = (text: string, floor: LintFloor, environment = "prod") => {
            fs.writeFileSync(path.join(directory, "lint.yaml"), text);
            return loadLintConfig(catalogue, directory, environment, floor);
        };
        const everythingOff = `drift: off\nrules:\n${catalogue.names
            .filter(canBeLowered)
            .map((rule) => `  ${rule}: off\n`)
            .join("")}`;

        it("raises lower levels, reports it, and leaves the rest to the repository", () => {
            const { levels, drift, lowered } = pinned(everythingOff, { locking: "warning", "ban-drop-table": "error" });
            for (const rule of catalogue.names) {
                const held = rule === "ban-drop-table" || !canBeLowered(rule);
                const expected = held ? "error" : catalogue.textOf(rule).group === "locking" ? "warning" : "off";
                assert.equal(levels[rule], expected, rule);
            }
            assert.equal(drift, "off");
            const of = (rule: string) => lowered.find((lowering) => lowering.rule === rule);
            const place = { file: "lint.yaml", key: "rules" };
            assert.deepEqual(of("exclusive-lock"), {
                ...{ rule: "exclusive-lock", from: "error", to: "warning", asked: "off" },
                ...place,
            });
            assert.deepEqual(of("ban-drop-table"), {
                ...{ rule: "ban-drop-table", from: "error", to: "error", asked: "off" },
                ...place,
            });
            assert.deepEqual(of("ban-drop-column"), { rule: "ban-drop-column", from: "error", to: "off", ...place });
            assert.deepEqual(of("drift"), {
                rule: "drift",
                from: "warning",
                to: "off",
                file: "lint.yaml",
                key: "drift",
            });
            // A rule that is off by default cannot be lowered.
            assert.equal(of("prefer-text-field"), undefined);
        });

        it("prefers a rule's own entry to its group's, and pins drift as well", () => {
            const floor: LintFloor = { destructive: "error", "ban-drop-column": "off", drift: "error" };
            const { levels, drift } = pinned(everythingOff, floor);
            assert.deepEqual([levels["ban-drop-table"], levels["ban-drop-column"], drift], ["error", "off", "error"]);
        });

        it("reports nothing as lowered that the repository leaves alone or raises, whatever is pinned", () => {
            const levels = fc.constantFrom(...lintLevels);
            const floors = fc.dictionary(fc.constantFrom(...catalogue.names, ...Object.keys(lintGroups)), levels);
            const given = fc.dictionary(fc.constantFrom(...catalogue.names), levels);
            fc.assert(
                fc.property(floors, given, fc.constantFrom("dev", "prod"), (floor, own, environment) => {
                    const bare = lintConfig(catalogue, {}, environment, floor);
                    assert.deepEqual(bare.lowered, []);
                    const { levels: held, lowered } = lintConfig(catalogue, { rules: own }, environment, floor);
                    for (const rule of catalogue.names) {
                        const weight = (level: Level) => lintLevels.indexOf(level);
                        const asked = own[rule] ?? bare.levels[rule];
                        const least = floor[rule] ?? floor[catalogue.textOf(rule).group] ?? "off";
                        assert.equal(weight(held[rule]), Math.max(weight(asked), weight(least)));
                        const isLowered = weight(asked) < weight(bare.levels[rule]);
                        assert.equal(
                            lowered.some((lowering) => lowering.rule === rule),
                            isLowered,
                        );
                    }
                }),
            );
        });

        it("names where the file lowers: the profile, a section, an environment", () => {
            const text =
                "profile: lenient\nrules: { prefer-identity: off }\nenvironments: { prod: { rules: { ban-drop-table: off } } }";
            const keys = new Set(
                pinned(text, {}).lowered.map(({ rule, key }) =>
                    rule === "ban-drop-table" ? key : rule === "prefer-identity" ? `${key}!` : key,
                ),
            );
            assert.deepEqual([...keys].sort(), ["environments.prod.rules", "profile", "rules!"]);
        });
    });

    it("may be empty", () => assert.equal(load("# nothing yet\n").profile, "strict"));

    it("reports all errors at once", () => {
        const text = `
profil: strict
rules:
  ban-drop-colum: error
  ban-drop-table: fatal
environments:
  prod:
    level: error
    rules: { rollback-mising: off }
`;
        assert.deepEqual(problems(text), [
            "rules.ban-drop-table: allowed: off, warning, error",
            "unknown key profil; allowed: profile, drift, rules, environments",
            "unknown key level in environments.prod; allowed: profile, drift, rules",
            "rules: unknown rule ban-drop-colum; did you mean ban-drop-column?",
            "environments.prod.rules: unknown rule rollback-mising; did you mean rollback-missing?",
        ]);
    });

    it("cannot lower what the database always rejects", () => {
        const text = `
rules: { unstorable-text: off, too-long: error, undecodable-text: off }
environments:
  prod:
    rules: { too-long: warning }
`;
        assert.deepEqual(problems(text), [
            `rules: unstorable-text is always an error, because the database rejects it; remove it. ${catalogue.textOf("unstorable-text").instead}`,
            `environments.prod.rules: too-long is always an error, because the database rejects it; remove it. ${catalogue.textOf("too-long").instead}`,
        ]);
    });

    it("is rejected if it is not YAML, or not a mapping", () => {
        const { name, facts } = refusalOf(() => load("rules: ["));
        assert.equal(name, "LintFileNotYaml");
        assert.match(String(facts["reason"]), /^Flow sequence in block collection .* at line 1, column 9$/);
        assert.deepEqual(problems("- rules"), ["the file: must be a map"]);
        assert.deepEqual(problems("rules: all"), ["rules: must be a map"]);
        assert.deepEqual(problems("rules: [error]"), ["rules: must be a map"]);
        assert.deepEqual(problems("environments: [strict]"), ["environments: must be a map"]);
        assert.deepEqual(problems("environments: { prod: [error] }"), ["environments.prod: must be a map"]);
    });
});
