static inline __attribute__((always_inline)) int step_len(int len, int most)
{
	return len < most ? len : most;
}
