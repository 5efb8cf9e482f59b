module example.com/koyalite

go 1.24
