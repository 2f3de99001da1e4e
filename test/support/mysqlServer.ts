import { copyKept } from "../../scripts/local/database/kept";
import { createMysql, startMysql } from "../../scripts/local/database/mysql/server";
import { mysqlVersion } from "../../scripts/local/database/mysql/binaries";
import { choosePort } from "../../scripts/local/database/port";
import type { Server } from "../../scripts/local/database/server";
import { temporaryDirectory } from "../scripts/local/support";

/** Starts an empty MySQL server, with a copy of what its first start would take seconds to create. */
export async function startEmptyMysql(): Promise<Server> {
    const home = temporaryDirectory();
    await copyKept(home, `mysql-${mysqlVersion}`, createMysql);
    return startMysql(home, await choosePort());
}
