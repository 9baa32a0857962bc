/** A case of the corpus for each outcome. */
export const CASES = {
  verified: 'az-snp/ok-milan',
  unpinned: 'az-snp/no-pcrs-named',
  failed: 'az-snp/s28-debug',
  inconclusive: 'snp/vcek-missing',
};
