/** Namespace of the metrics for failed rotations; each metric is named after its function. */
export const rotationMetrics = "AuroraPipeline/Rotation";
