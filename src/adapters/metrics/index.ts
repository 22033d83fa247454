export { openMetrics, type Metrics, type MetricsDeps } from './metrics.ts'
export { portalMetrics } from './portal-metrics.ts'
