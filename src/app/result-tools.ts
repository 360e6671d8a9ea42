import { histogramOf } from '../ledger/decimal-histogram.ts'
import { decodeHdr, encodeHdr } from '../ledger/hdr.ts'
import { mergeHistograms } from '../ledger/merge.ts'
import type { ResultTools } from '../reports/result-tools.ts'

/** What the reports need of the ledger. */
export const RESULT_TOOLS: ResultTools = { encodeHdr, decodeHdr, mergeHistograms, histogramOf }
