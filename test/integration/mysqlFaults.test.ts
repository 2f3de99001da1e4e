import { defineMysqlFaults } from "../faults/mysql";

// The short form; `npm run test:faults` strikes often.
defineMysqlFaults({ kills: 2, recordKills: 1, duels: 1, restarts: 1, failures: 1 });
