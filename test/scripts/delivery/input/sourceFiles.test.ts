import * as assert from "node:assert/strict";
import { liquibaseErrors } from "../../../../scripts/delivery/tools/liquibase/errors";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { inputErrors } from "../../../../scripts/delivery/errors";
import { readMigrations } from "../../../../scripts/delivery/input/migrations";
import { refusalOf } from "../../../support/refusal";
import { refuseLinkOutside } from "../../../../scripts/delivery/input/sourceFiles";
import { asRoot } from "../../../support/asRoot";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import { readProject } from "../../../../scripts/delivery/tools/liquibase/project";

describe("files of a migrations directory", () => {
    let home: string;
    let directory: string;
    beforeEach(() => {
        home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "files-")));
        directory = path.join(home, "migrations");
        write({ "liquibase.properties": "changeLogFile=changelog.yaml\n", "verify/a.sql": "-- check: a\nSELECT true" });
    });
    afterEach(() => fs.rmSync(home, { recursive: true }));

    function write(files: Record<string, string>): void {
        for (const [name, content] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), content);
        }
    }

    const link = (target: string, name: string) => {
        fs.rmSync(path.join(directory, name), { force: true });
        fs.symlinkSync(target, path.join(directory, name));
    };
    const fifo = (name: string) => {
        fs.rmSync(path.join(directory, name), { force: true });
        execFileSync("mkfifo", [path.join(directory, name)]);
    };
    const refuses = (...problems: string[]) =>
        assert.throws(
            () => readMigrations(directory, liquibase),
            new inputErrors.FilesRefused({ directory, problems }),
        );
    const fifoProblem = (name: string) =>
        `${name} is a FIFO; only regular files and directories are allowed. Remove it`;

    for (const name of ["liquibase.properties", "lint.yaml", "changelog.yaml", "verify/a.sql", "lib.jar", "deep.csv"]) {
        it(`are not opened when ${name} is a FIFO`, () => {
            fifo(name);
            refuses(fifoProblem(name));
        });

        it(`are not opened when ${name} is a link to the outside`, () => {
            link("/etc/passwd", name);
            refuses(
                `${name} is a symbolic link to /etc/passwd, which is outside the migrations directory. Put the file itself here`,
            );
        });
    }

    it("may be links to regular files of the directory, by any path", () => {
        write({ "data/real.sql": "SELECT 1;" });
        link("data/real.sql", "one.sql");
        link(path.join(directory, "data/real.sql"), "two.sql");
        link("one.sql", "three.sql");
        readMigrations(directory, liquibase);
    });

    it("are refused with everything that is wrong at once, in a directory with a similar name, too", async () => {
        write({ "sub/fine.sql": "" });
        fs.mkdirSync(`${directory}-other`);
        fs.writeFileSync(`${directory}-other/a.sql`, "");
        link("sub", "folder");
        link(".", "sub/here");
        link("nowhere", "gone");
        link("loop", "loop");
        link(`${directory}-other/a.sql`, "sibling.sql");
        fifo("sub/pipe");
        link("sub/pipe", "to-pipe");
        const server = net.createServer().listen(path.join(directory, "sock"));
        try {
            await new Promise((resolve) => server.once("listening", resolve));
            const error = refusalOf(() => readMigrations(directory, liquibase));
            assert.ok(error instanceof inputErrors.FilesRefused);
            assert.deepEqual([...error.facts.problems].sort(), [
                "folder is a symbolic link to sub, which is a directory; a link may only point to a regular file",
                "gone is a symbolic link to nowhere, which does not exist. Put the file itself here",
                "loop is a symbolic link to loop, which does not exist. Put the file itself here",
                `sibling.sql is a symbolic link to ${directory}-other/a.sql, which is outside the migrations directory. Put the file itself here`,
                "sock is a socket; only regular files and directories are allowed. Remove it",
                "sub/here is a symbolic link to ., which is a directory; a link may only point to a regular file",
                `${fifoProblem("sub/pipe")}`,
                "to-pipe is a symbolic link to sub/pipe, which is a FIFO; a link may only point to a regular file",
            ]);
        } finally {
            server.close();
        }
    });

    it("have no link or FIFO in a directory .git either, wherever it is: an archive can bring one", async () => {
        write({ ".git/config": "", ".git/objects/ab/cd": "", "sub/.git/HEAD": "", "a.sql": "" });
        const server = net.createServer().listen(path.join(directory, ".git/fsmonitor--daemon.ipc"));
        try {
            await new Promise((resolve) => server.once("listening", resolve));
            readMigrations(directory, liquibase);
            fs.symlinkSync("/etc/passwd", path.join(directory, ".git/objects/x.sql"));
            fs.symlinkSync("/etc/passwd", path.join(directory, "sub/.git/y.sql"));
            execFileSync("mkfifo", [path.join(directory, ".git/pipe")]);
            refuses(
                "sub/.git/y.sql is a symbolic link to /etc/passwd, which is outside the migrations directory. Put the file itself here",
                fifoProblem(".git/pipe"),
                ".git/objects/x.sql is a symbolic link to /etc/passwd, which is outside the migrations directory. Put the file itself here",
            );
        } finally {
            server.close();
        }
    });

    it("have names that people, Liquibase and its history can distinguish", () => {
        write({ "sql/a\nb.sql": "", "sql/ok ü.sql": "", "x\u001b[31m/in.sql": "" });
        fs.writeFileSync(Buffer.concat([Buffer.from(`${directory}/c`), Buffer.from([0xff]), Buffer.from(".sql")]), "");
        refuses(
            "c\ufffd.sql has bytes that are not UTF-8 in its name. Rename it",
            "x\\u{1b}[31m has the control character U+001B in its name. Rename it",
            "sql/a\\u{a}b.sql has the control character U+000A in its name. Rename it",
        );
    });

    it("do not differ only in case", () => {
        write({ "sql/a.sql": "", "sql/A.sql": "", "sql/README": "", "sql/readme": "", "other/a.sql": "" });
        if (fs.readdirSync(path.join(directory, "sql")).length === 2) return; // A file system that ignores case.
        refuses(
            "sql/A.sql and sql/a.sql differ only in case. Rename one; if its changesets have already run, keep its old name as their logicalFilePath",
        );
    });

    it("are readable, and so are their directories", () => {
        write({ "a.sql": "", "closed/b.sql": "" });
        [home, directory].forEach((each) => fs.chmodSync(each, 0o755));
        fs.chmodSync(path.join(directory, "a.sql"), 0);
        fs.chmodSync(path.join(directory, "closed"), 0);
        // Nothing is closed to root.
        const root = process.getuid!() === 0;
        if (root) process.seteuid!(65534);
        try {
            refuses(
                "a.sql cannot be read (EACCES). Make it readable for the build's user",
                "closed cannot be read (EACCES). Make it readable for the build's user",
            );
        } finally {
            if (root) process.seteuid!(0);
            fs.chmodSync(path.join(directory, "closed"), 0o700);
        }
    });

    it("have paths that the system can open", () => {
        const name = "x".repeat(200);
        const script = `cd "$1" && for i in $(seq 30); do mkdir ${name} && cd -P ${name} || exit; done; : > a.sql`;
        execFileSync("bash", ["-c", script, "bash", directory], { stdio: "ignore" });
        try {
            refuses(`${name}… cannot be read (ENAMETOOLONG). Its path is longer than the system allows: shorten it`);
        } finally {
            // Node.js cannot open it either.
            execFileSync("rm", ["-rf", path.join(directory, name)]);
        }
    });

    it("are not devices, and may have several names", function () {
        fs.writeFileSync(path.join(home, "elsewhere.sql"), "");
        fs.linkSync(path.join(home, "elsewhere.sql"), path.join(directory, "hard.sql"));
        readMigrations(directory, liquibase);
        try {
            asRoot("mknod", path.join(directory, "null.sql"), "c", "1", "3");
        } catch {
            this.skip();
        }
        refuses("null.sql is a device; only regular files and directories are allowed. Remove it");
    });

    describe("in a directory that is a link", () => {
        it("are accepted if it leads to another directory of the source", () => {
            fs.symlinkSync("migrations", path.join(home, "link"));
            refuseLinkOutside(home, path.join(home, "link"));
            assert.equal(readProject(path.join(home, "link")).changelog.changelogFile, "changelog.yaml");
            refuseLinkOutside(home, home);
            refuseLinkOutside(home, path.join(home, "not-there"));
        });

        it("are rejected by name if it or its parent leads outside", () => {
            const elsewhere = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "elsewhere-")));
            fs.mkdirSync(path.join(elsewhere, "inner"));
            const link = path.join(home, "link");
            fs.symlinkSync(elsewhere, link);
            for (const [given, target] of [
                [link, elsewhere],
                [path.join(link, "inner"), path.join(elsewhere, "inner")],
            ] as const) {
                assert.throws(
                    () => refuseLinkOutside(home, given),
                    new inputErrors.MigrationsOutsideSource({ directory: given, target }),
                );
            }
            fs.rmSync(elsewhere, { recursive: true });
        });
    });

    it("have a maximum size, if they are read as a whole", () => {
        for (const name of ["big.sql", "big.csv"]) {
            write({ [name]: "" });
            fs.truncateSync(path.join(directory, name), 64_000_001);
        }
        refuses("big.sql has 65 MB; allowed: 64. Split it, or load the data with loadData from a file of another type");
        fs.truncateSync(path.join(directory, "big.sql"), 64_000_000);
        readMigrations(directory, liquibase);
    });

    describe("that include others", () => {
        const include = (file: string) => `  - include: {file: ${file}}\n`;
        const all = (folder: string) => `  - includeAll: {path: ${folder}}\n`;
        const changelog = (...entries: string[]) => `databaseChangeLog:\n${entries.join("")}`;
        const refusesEndless = (...problems: string[]) =>
            assert.throws(
                () => readMigrations(directory, liquibase).project.refuseEndless(),
                new liquibaseErrors.ChangelogEndless({
                    changelog: path.join(directory, "changelog.yaml"),
                    files: problems,
                }),
            );
        const accepts = () => readMigrations(directory, liquibase).project.refuseEndless();

        it("must not include themselves", () => {
            write({ "changelog.yaml": changelog(include("changelog.yaml")) });
            refusesEndless("changelog.yaml: it includes itself: changelog.yaml → changelog.yaml");
        });

        it("must not include themselves by others", () => {
            write({
                "changelog.yaml": changelog(include("a.xml")),
                "a.xml": '<databaseChangeLog><include file="sub/b.json"/></databaseChangeLog>',
                "sub/b.json": '{"databaseChangeLog":[{"include":{"file":"../a.xml","relativeToChangelogFile":true}}]}',
            });
            refusesEndless("a.xml: it includes itself: a.xml → sub/b.json → a.xml");
        });

        it("must not include their own directory", () => {
            write({ "changelog.yaml": changelog(include("sub/a.yaml")), "sub/a.yaml": changelog(all("sub")) });
            refusesEndless("sub/a.yaml: it includes itself: sub/a.yaml → sub/a.yaml");
        });

        it("may be included twice, and from formatted SQL nothing is included", () => {
            write({
                "changelog.yaml": changelog(
                    include("a.yaml"),
                    include("a.yaml"),
                    include("b.sql"),
                    include("gone.xml"),
                ),
                "a.yaml": changelog(include("b.sql")),
                "b.sql": "--liquibase formatted sql\n--include file:changelog.yaml\n",
            });
            accepts();
        });

        it("must not multiply without bound", () => {
            for (let level = 0; level < 20; level++) {
                const next = include(`${level + 1}.yaml`);
                write({ [level === 0 ? "changelog.yaml" : `${level}.yaml`]: changelog(next, next) });
            }
            write({ "20.yaml": changelog() });
            assert.throws(
                () => readMigrations(directory, liquibase).project.refuseEndless(),
                /\d+\.yaml: it exceeds the 50000 files that a changelog may include$/m,
            );
        });

        it("must not grow by aliases", () => {
            const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
            for (const [index, name] of [..."bcdefghij"].entries()) {
                lines.push(`${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]`);
            }
            write({ "changelog.yaml": `${lines.join("\n")}\ndatabaseChangeLog: [*j]\n` });
            refusesEndless("changelog.yaml: its aliases expand to more than 1000000 nodes (*f)");
        });

        it("must not contain themselves by aliases", () => {
            write({ "changelog.yaml": "databaseChangeLog: &all [*all]\n" });
            refusesEndless("changelog.yaml: the anchor &all contains its own alias");
        });

        it("may use aliases, many thousand times", () => {
            const uses = Array.from({ length: 5_000 }, (_, id) => `  - changeSet: {<<: *common, id: ${id}}\n`);
            write({ "changelog.yaml": `common: &common {author: me}\ndatabaseChangeLog:\n${uses.join("")}` });
            accepts();
        });

        it("must not nest lists", () => {
            write({ "changelog.yaml": `databaseChangeLog: ${"[".repeat(300)}${"]".repeat(300)}\n` });
            refusesEndless("changelog.yaml: it is nested deeper than 200 levels");
        });

        it("must not nest lists and maps, however deeply and in whatever form", () => {
            // Ten times as deep as a parser gets on the stack of Node.js.
            const depth = 20_000;
            const deep = (before: string, after: string) => before.repeat(depth) + after.repeat(depth);
            const forms: Record<string, string> = {
                "a.yaml": `databaseChangeLog: ${deep("[", "]")}\n`,
                "b.yaml": `databaseChangeLog: ${deep("{a: ", "}")}\n`,
                "c.yaml": `databaseChangeLog:\n${"- ".repeat(depth)}a\n`,
                "d.json": `{"databaseChangeLog":${deep("[", "]")}}`,
            };
            for (const [name, text] of Object.entries(forms)) {
                write({ "changelog.yaml": changelog(include(name)), [name]: text });
                refusesEndless(`${name}: it is nested deeper than 200 levels`);
            }
        });

        it("must not nest elements", () => {
            write({ "changelog.yaml": changelog(include("a.xml")) });
            for (const levels of [300, 100_000]) {
                write({
                    "a.xml": `<databaseChangeLog>${"<a>".repeat(levels)}${"</a>".repeat(levels)}</databaseChangeLog>`,
                });
                refusesEndless("a.xml: it is nested deeper than 200 levels");
            }
        });

        it("must not declare entities", () => {
            write({
                "changelog.yaml": changelog(include("a.xml")),
                "a.xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY lol "lol">]><databaseChangeLog/>',
            });
            refusesEndless("a.xml: it declares an entity (<!ENTITY lol …); write its text where it is used");
            write({
                "a.xml":
                    "<databaseChangeLog><changeSet><sql><![CDATA[SELECT '<!ENTITY x']]></sql></changeSet></databaseChangeLog>",
            });
            accepts();
        });

        it("are not read outside of the directory", () => {
            fs.writeFileSync(path.join(home, "outside.yaml"), changelog(include("outside.yaml")));
            write({ "changelog.yaml": changelog(include("../outside.yaml"), all("../")) });
            accepts();
        });
    });
});
