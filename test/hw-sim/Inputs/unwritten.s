; copies memory that nothing has written
ld target=3 length=4 linear signal0=0
st source=3 length=4 offset=64 linear wait0=0
