export { readCalibration } from '../../calibration/calibration-file.ts'
export { renderTextCalibration } from '../../reports/capacity/text-calibration.ts'
