import assert from "node:assert/strict";
import { definitionIn } from "../../../../../scripts/delivery/engines/mysql/undo/restore";

describe("an earlier form in MySQL's catalog", () => {
    const removed = (kind: string, name: string, before: string) =>
        definitionIn({ change: "removed", kind, name, before });

    it("becomes the statement that makes it again", () => {
        assert.equal(
            removed("view", "v", "select 1 AS `1`\nSQL SECURITY INVOKER, DEFINER a@b@%, CHECK OPTION LOCAL")?.create,
            "CREATE OR REPLACE DEFINER = `a@b`@`%` SQL SECURITY INVOKER VIEW `v` AS select 1 AS `1` WITH LOCAL CHECK OPTION",
        );
        assert.deepEqual(
            removed(
                "function",
                "f",
                "(IN x int, IN y enum('IN','b')) RETURNS int\nRETURN x\nSQL SECURITY DEFINER, DEFINER app@%, NO SQL, DETERMINISTIC, sql_mode ANSI,NO_ZERO_DATE, COMMENT 'it\\'s'",
            ),
            {
                kind: "function",
                name: "f",
                create: "CREATE DEFINER = `app`@`%` FUNCTION `f`(x int, y enum('IN','b'))\nRETURNS int\nNO SQL DETERMINISTIC SQL SECURITY DEFINER\nCOMMENT 'it\\'s'\nRETURN x",
                sqlMode: "ANSI,NO_ZERO_DATE",
            },
        );
        assert.match(
            removed(
                "procedure",
                "p",
                "(IN a int, OUT b int)\nDO 1\nSQL SECURITY DEFINER, DEFINER app@%, CONTAINS SQL, sql_mode ",
            )!.create,
            /^CREATE DEFINER = `app`@`%` PROCEDURE `p`\(IN a int, OUT b int\)\nCONTAINS SQL SQL SECURITY DEFINER\nDO 1$/,
        );
    });

    it("is nothing where the text is not shown, and of other kinds", () => {
        const hidden = "()\n(not visible)\nSQL SECURITY DEFINER, DEFINER app@%, CONTAINS SQL, sql_mode ";
        assert.equal(removed("procedure", "p", hidden), undefined);
        assert.equal(removed("view", "v", "select 1"), undefined);
        assert.equal(removed("table", "t", "ENGINE InnoDB"), undefined);
    });
});
