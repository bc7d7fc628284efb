au BufRead,BufNewFile *.gmap set filetype=gmap
