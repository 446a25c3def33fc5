// clang -target x86_64-linux-gnu -g -c shapes.c; pahole shapes.o > shapes.txt
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64; typedef u64 phys_addr_t;
struct c { u8 t; u64 len:56; u32 x:3; u32 y:29; }; struct c vc;
struct d { phys_addr_t bv_phys; u32 bv_len; }; struct d vd;
struct f { u32 a:5; u64 b; u32 c:3; u32 d:4; u8 e; }; struct f vf;
struct g { struct d x[4]; u8 y; void *p[3]; u64 big[9]; u8 tail:3;}; struct g vg;
