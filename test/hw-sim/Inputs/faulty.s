sync engine=mm
vx wait0=5
