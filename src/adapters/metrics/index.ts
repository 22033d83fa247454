export { openMetrics, type Metrics, type MetricsDeps } from './metrics.ts'
