export { labFaults } from './lab-faults.ts'
export { readSampleFolder, type SampleFolder } from './sample-folder.ts'
export { skeletonOf, writeNew } from './skeleton.ts'
export { testFolder, type LabReport, type SampleResult } from './test-folder.ts'
