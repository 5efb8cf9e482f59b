module example.com/go-report

go 1.24
