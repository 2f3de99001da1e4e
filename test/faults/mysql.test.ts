import { defineMysqlFaults } from "./mysql";

defineMysqlFaults({ kills: 30, recordKills: 10, duels: 20, restarts: 10, failures: 5 });
