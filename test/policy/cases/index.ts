import type { Cases } from "../support";
import { accessCases } from "./access";
import { dataCases } from "./data";
import { databaseUserCases } from "./databaseUsers";
import { deliveryCases } from "./delivery";
import { networkCases } from "./network";
import { notificationCases } from "./notifications";
import { rdsCases } from "./rds";
import { rdsMonitoringCases } from "./rdsMonitoring";
import { rdsProxyCases } from "./rdsProxy";
import { routeCases } from "./routes";

export const cases: Cases = {
    ...rdsCases,
    ...rdsMonitoringCases,
    ...rdsProxyCases,
    ...dataCases,
    ...deliveryCases,
    ...databaseUserCases,
    ...accessCases,
    ...networkCases,
    ...notificationCases,
    ...routeCases,
};
