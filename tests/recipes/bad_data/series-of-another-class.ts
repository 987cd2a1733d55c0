@dimensions 2
@classLabel true left right
@data
1,2:3,4:left
1,2:3,4:rihgt
1,2,3:4,5:left
1,x:3,4:right
