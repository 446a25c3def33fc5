/* Two ways to say it in one header; CONFIG_PCI_P2PDMA chooses. */
typedef u32 seg_len_t;

struct segment {
	phys_addr_t	addr;
	seg_len_t	len;
#ifdef CONFIG_PCI_P2PDMA
	u32		flags;	/* bit 0: P2P memory */
#endif
} __packed;
